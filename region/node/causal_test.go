package node_test

import (
	"fmt"
	"testing"
	"time"

	"pangea/region/node"
	"pangea/region/regiontest"
)

// us writes A; eu sees A and writes B. The way from us to ap is slow, so B comes to
// ap first. Nobody there may see B without A (I6).
func TestCausal_PairIsNeverSeenInverted(t *testing.T) {
	t.Parallel()
	if n := inversions(t, regiontest.Options{}, 800*time.Millisecond, 8); n > 0 {
		t.Errorf("B was seen without A in %d rounds", n)
	}
}

// The same without the causal wait: it is what keeps the order.
func TestCausal_PairIsSeenInvertedWithoutTheWait(t *testing.T) {
	t.Parallel()
	ignore := func(c *node.Config) { c.Writer.IgnoreDeps = true }
	if n := inversions(t, regiontest.Options{Change: ignore}, 1500*time.Millisecond, 3); n == 0 {
		t.Error("B was never seen without A: this test shows nothing")
	}
}

// inversions counts the rounds in which ap, which is so far from us, showed B and not A.
func inversions(t *testing.T, o regiontest.Options, rtt time.Duration, rounds int) int {
	w := regiontest.New(t, o)
	w.Slow(t, "us", "ap", rtt)
	inverted := 0
	for i := range rounds {
		a, b := fmt.Sprintf("/profile/a%d", i), fmt.Sprintf("/profile/b%d", i)
		w.OK(t, "us", "PUT", a, "1")
		regiontest.Eventually(t, 30*time.Second, func() string { return shows(t, w, "eu", a, "value", "1") })
		w.OK(t, "eu", "PUT", b, "1")
		regiontest.Eventually(t, 30*time.Second, func() string { return shows(t, w, "ap", b, "value", "1") })
		if w.Do(t, "ap", "GET", a, "").Status != 200 {
			inverted++
		}
	}
	w.WaitConverged(t)
	return inverted
}
