package node_test

import (
	"testing"

	"pangea/chaos/links"
	"pangea/region/regiontest"
)

// eu has seen what ap wrote, and us has not, when eu writes. Then eu and ap lose all they
// had: what the entry of eu rests on is lost for good. us does not wait for it for ever, and
// neither does eu with its handles.
func TestLost_NobodyWaitsForWhatIsLostForGood(t *testing.T) {
	t.Parallel()
	w := regiontest.New(t, regiontest.Options{})
	w.OK(t, "ap", "POST", "/counter/a/incr", "")
	w.WaitConverged(t)
	w.Cut(t, "us", "ap", links.BothWays, links.Refuse)
	w.OK(t, "ap", "POST", "/tags/t/add", `{"tag":"x"}`)
	regiontest.Eventually(t, regiontest.Patience, func() string { return shows(t, w, "eu", "/tags/t", "tags", "[x]") })
	w.OK(t, "eu", "POST", "/tags/t/remove", `{"tag":"x"}`)
	w.OK(t, "eu", "POST", "/counter/b/incr", "", "X-Ack", "all", "Prefer", "wait=10")
	w.Stop(t, "ap")
	w.Destroy(t, "eu")
	w.LoseDatabase(t, "ap")
	w.RemoveStream(t, "ap")
	w.HealAll(t)
	if got := counter(t, w, "us", "b"); got != 0 {
		t.Errorf("us shows what rests on what it has not seen: %d", got)
	}
	w.Start(t, "eu")
	w.Start(t, "ap")
	for _, name := range w.Names() {
		regiontest.Eventually(t, regiontest.Patience, func() string { return shows(t, w, name, "/counter/b", "value", "1") })
	}
	w.WaitConverged(t)
	waitDecides(t, w, "eu")
}
