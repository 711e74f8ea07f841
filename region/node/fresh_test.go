package node_test

import (
	"slices"
	"testing"
	"time"

	"pangea/chaos/links"
	"pangea/region/node"
	"pangea/region/position"
	"pangea/region/regiontest"
)

// A region that comes back over a slow link shows nothing before it has what the
// others had acknowledged (I13).
func TestFresh_RestartedRegionServesNothingStale(t *testing.T) {
	t.Parallel()
	w := regiontest.New(t, regiontest.Options{RTT: 300 * time.Millisecond})
	w.OK(t, "us", "POST", "/counter/a/incr", "")
	w.WaitConverged(t)
	for range 3 {
		w.Stop(t, "eu")
		for range 20 {
			w.OK(t, "us", "POST", "/counter/a/incr", "")
			w.OK(t, "ap", "POST", "/counter/a/incr", "")
		}
		want := w.OK(t, "ap", "POST", "/counter/a/incr", "", "X-Min-Version-Vector", w.Status(t, "us").Vector, "Prefer", "wait=10").Field("value")
		w.Launch(t, "eu")
		var first regiontest.Answer
		regiontest.Eventually(t, regiontest.Patience, func() (problem string) {
			if first = w.Do(t, "eu", "GET", "/counter/a", ""); first.Status != 200 {
				return first.Body
			}
			return ""
		})
		if got := first.Field("value"); got != want {
			t.Errorf("the first answer of eu is %s, want %s", got, want)
		}
	}
}

// A region that hears of nobody waits for as long as a peer may be silent, then
// serves and says that it is alone (I13).
func TestFresh_RegionWithoutPeersServesIsolated(t *testing.T) {
	t.Parallel()
	w := regiontest.New(t, regiontest.Options{})
	w.Stop(t, "eu")
	w.Cut(t, "us", "eu", links.BothWays, links.Refuse)
	w.Cut(t, "ap", "eu", links.BothWays, links.Blackhole)
	begin := time.Now()
	w.Start(t, "eu")
	if took := time.Since(begin); took < position.Silence || took > position.Silence+3*time.Second {
		t.Errorf("eu was ready after %s, want %s", took, position.Silence)
	}
	if s := w.Status(t, "eu"); !s.Ready || !s.Isolated {
		t.Errorf("eu says ready %t, isolated %t", s.Ready, s.Isolated)
	}
	w.OK(t, "eu", "POST", "/counter/a/incr", "")
	w.HealAll(t)
	w.WaitConverged(t)
	regiontest.Eventually(t, regiontest.Patience, func() string {
		if w.Status(t, "eu").Isolated {
			return "eu still says that it is isolated"
		}
		return ""
	})
}

// Regions that start together do not wait for each other (I13).
func TestFresh_WorldStartsTogether(t *testing.T) {
	t.Parallel()
	w := regiontest.New(t, regiontest.Options{Cold: true})
	var begin time.Time
	for _, name := range w.Names() {
		begin = time.Now()
		w.Launch(t, name)
	}
	for _, name := range w.Names() {
		w.WaitReady(t, name)
	}
	if took := time.Since(begin); took >= position.Silence {
		t.Errorf("the last region was ready after %s: it waited for the others", took)
	}
}

// The same without the guard: it is what keeps the stale answers back. The region loses
// nothing by it, and counts nothing twice (I5, I7).
func TestFresh_RestartedRegionServesStaleWithoutTheGuard(t *testing.T) {
	t.Parallel()
	unready := func(c *node.Config) {
		world := *c.Topology
		world.Guards.Readiness = new(false)
		c.Topology = &world
	}
	w := regiontest.New(t, regiontest.Options{RTT: 600 * time.Millisecond, Change: unready})
	regiontest.Eventually(t, regiontest.Patience, func() string { // it serves before it may write (I14)
		if a := w.Do(t, "us", "POST", "/counter/a/incr", ""); a.Status != 200 {
			return a.Body
		}
		return ""
	})
	w.WaitConverged(t)
	w.Stop(t, "eu")
	w.OK(t, "us", "POST", "/counter/a/incr", "")
	w.Launch(t, "eu")
	regiontest.Eventually(t, regiontest.Patience, func() string {
		if a := w.Do(t, "eu", "GET", "/counter/a", ""); a.Status != 200 {
			return a.Body
		} else if got := a.Field("value"); got != "1" {
			t.Errorf("the first answer of eu is %s: it was no stale one, and this test shows nothing", got)
		}
		return ""
	})
	if off := w.Status(t, "eu").GuardsOff; !slices.Equal(off, []string{"readiness"}) {
		t.Errorf("/status says that %v is off", off)
	}
	w.WaitConverged(t)
	if got := w.OK(t, "eu", "GET", "/counter/a", "").Field("value"); got != "2" {
		t.Errorf("eu has %s in the end, want 2", got)
	}
}
