package node_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"pangea/region/node"
	"pangea/region/regiontest"
)

// us writes A; eu sees A and writes B. The way from us to ap is slow, so B comes to
// ap first. Nobody there may see B without A (I6).
func TestCausal_PairIsNeverSeenInverted(t *testing.T) {
	t.Parallel()
	w := regiontest.New(t, regiontest.Options{})
	if n := inversions(t, w, 800*time.Millisecond, 8, 8); n > 0 {
		t.Errorf("B was seen without A in %d rounds", n)
	}
}

// The same without the causal wait: it is what keeps the order. What eu removed stays
// removed, though ap hears of that before it hears of the add (I7).
func TestCausal_PairIsSeenInvertedWithoutTheWait(t *testing.T) {
	t.Parallel()
	w := regiontest.New(t, regiontest.Options{Change: func(c *node.Config) {
		world := *c.Topology
		world.Guards.CausalWait = new(false)
		c.Topology = &world
	}})
	if off := w.Status(t, "ap").GuardsOff; !slices.Equal(off, []string{"causal_wait"}) {
		t.Errorf("/status says that %v is off", off)
	}
	if n := inversions(t, w, 1500*time.Millisecond, 20, 1); n == 0 {
		t.Error("B was never seen without A: this test shows nothing")
	}
	for _, name := range w.Names() {
		if got := w.OK(t, name, "GET", "/tags/gone", "").Field("tags"); got != "[]" {
			t.Errorf("%s shows %s of what eu has removed", name, got)
		}
	}
}

// inversions counts the rounds in which ap, which is so far from us, showed B and not A,
// until there were enough. eu also removes a tag that us had added with A.
func inversions(t *testing.T, w *regiontest.World, rtt time.Duration, rounds, enough int) int {
	w.Slow(t, "us", "ap", rtt)
	inverted := 0
	for i := 0; i < rounds && inverted < enough; i++ {
		a, b, tag := fmt.Sprintf("/profile/a%d", i), fmt.Sprintf("/profile/b%d", i), fmt.Sprintf(`{"tag":"t%d"}`, i)
		w.OK(t, "us", "POST", "/tags/gone/add", tag)
		w.OK(t, "us", "PUT", a, "1")
		regiontest.Eventually(t, regiontest.Patience, func() string { return shows(t, w, "eu", a, "value", "1") })
		w.OK(t, "eu", "PUT", b, "1")
		w.OK(t, "eu", "POST", "/tags/gone/remove", tag)
		regiontest.Eventually(t, regiontest.Patience, func() string { return shows(t, w, "ap", b, "value", "1") })
		if w.Do(t, "ap", "GET", a, "").Status != 200 {
			inverted++
		}
	}
	w.WaitConverged(t)
	return inverted
}
