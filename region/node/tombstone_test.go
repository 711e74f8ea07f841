package node_test

import (
	"fmt"
	"testing"
	"time"

	"pangea/chaos/links"
	"pangea/region/node"
	"pangea/region/regiontest"
)

// The tombstone of a removed field goes once every peer has it, everywhere, and the
// books still balance (I9).
func TestTombstone_IsCollected(t *testing.T) {
	t.Parallel()
	w := regiontest.New(t, regiontest.Options{})
	w.OK(t, "us", "PATCH", "/prefs/p", `{"f":1,"g":1}`)
	w.WaitConverged(t)
	w.OK(t, "eu", "PATCH", "/prefs/p", `{"f":null}`)
	w.WaitConverged(t)
	regiontest.Eventually(t, regiontest.Patience, func() string { return tombstones(t, w) })
	checkFieldIsGone(t, w)
}

// eu sets a field, not knowing that us removes it, and eu's write is under way to us
// for long: us takes up remote entries only every 15 s. Meanwhile us
// hears that eu has its tombstone, and looks for what to collect. It must keep this one:
// without it, eu's older write would bring the field back.
func TestTombstone_IsKeptWhileAConcurrentSetIsUnderWay(t *testing.T) {
	t.Parallel()
	pace := time.Duration(0)
	w := regiontest.New(t, regiontest.Options{Regions: []string{"us", "eu"}, Change: func(c *node.Config) {
		if c.Region == "us" {
			c.Writer.MergePace = pace
		}
	}})
	w.OK(t, "us", "PATCH", "/prefs/p", `{"f":1,"g":1}`)
	w.WaitConverged(t)
	w.Stop(t, "us")
	pace = 15 * time.Second // and us looks for what to collect at its start, and 10 s later
	w.Start(t, "us")
	w.OK(t, "eu", "POST", "/counter/now-us-pauses/incr", "")
	w.WaitConverged(t)

	w.Cut(t, "us", "eu", links.OneWay, links.Refuse)
	w.OK(t, "eu", "PATCH", "/prefs/p", `{"f":2}`)
	w.OK(t, "us", "PATCH", "/prefs/p", `{"f":null}`)
	w.Heal(t, "us", "eu")
	regiontest.Eventually(t, regiontest.Patience, func() string {
		if s := w.Status(t, "us"); s.Peers[0].Applied != s.Head.Seq {
			return "eu has not applied the removal, as far as us knows"
		}
		return ""
	})
	if got := w.Number(t, "us", "select applied from vector where origin = 'eu'"); got != 1 {
		t.Fatalf("us has applied eu's log up to %d: the write was not under way", got)
	}
	w.WaitConverged(t)
	checkFieldIsGone(t, w)
	regiontest.Eventually(t, regiontest.Patience, func() string { return tombstones(t, w) })
	checkFieldIsGone(t, w)
}

func tombstones(t *testing.T, w *regiontest.World) string {
	for _, name := range w.Names() {
		if n := w.Number(t, name, "select count(*) from prefs where value is null"); n != 0 {
			return fmt.Sprintf("%s has %d tombstones", name, n)
		}
	}
	return ""
}

func checkFieldIsGone(t *testing.T, w *regiontest.World) {
	t.Helper()
	w.WaitConverged(t)
	for _, name := range w.Names() {
		if problem := shows(t, w, name, "/prefs/p", "value", "map[g:1]"); problem != "" {
			t.Error(problem)
		}
		newBooks().checkLedger(t, w, name)
	}
}
