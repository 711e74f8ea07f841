package node_test

import (
	"context"
	"testing"
	"time"

	"pangea/chaos/links"
	"pangea/region/node"
	"pangea/region/regiontest"
)

// cutTime is longer than anything that has to do with a link waits: the probes of a
// connection (20 s), a pull and a publish (10 s), and, as it is set here, a stream for an
// acknowledgement.
const cutTime, ackWait = 25 * time.Second, 10 * time.Second

// Links are cut for long while every region goes on writing. All
// writes succeed, and after the heal each arrives exactly once (I5): acknowledging
// what came after a cut also acknowledges what was lost in it, so a reader that
// trusts its consumer's position would skip that.
func TestWorld_LongCutLosesAndRepeatsNothing(t *testing.T) {
	t.Parallel()
	w := regiontest.New(t, regiontest.Options{Change: func(c *node.Config) { c.AckWait = ackWait }})
	b := newBooks()
	var clients []func(context.Context)
	for _, name := range w.Names() {
		clients = append(clients, func(ctx context.Context) {
			every(ctx, 50*time.Millisecond, func() {
				if o := b.send(t, w, name, incr("a")); o != done {
					t.Errorf("a write at %s was not acknowledged", name)
				}
			})
		})
	}
	stop := background(t, clients...)
	regiontest.Eventually(t, regiontest.Patience, func() string { return beyond(t, w, 100) })

	w.Cut(t, "us", "eu", links.BothWays, links.Refuse)
	w.Cut(t, "eu", "ap", links.BothWays, links.Blackhole)
	end := time.Now().Add(cutTime)
	regiontest.Eventually(t, 2*cutTime, func() string {
		if left := time.Until(end); left > 0 {
			return "cut for " + left.String() + " more"
		}
		return ""
	})
	w.HealAll(t)
	regiontest.Eventually(t, regiontest.Patience, func() string { return beyond(t, w, 0) })
	stop()

	w.WaitConverged(t)
	b.check(t, w)
	checkLogs(t, w)
}

// beyond describes a region that has not applied more than n entries of each log.
func beyond(t testing.TB, w *regiontest.World, n int64) string {
	for _, name := range w.Names() {
		if got := w.Number(t, name, "select min(applied) from vector"); got <= n {
			return name + " is behind"
		}
	}
	return ""
}

// checkLogs fails the test unless every region holds each entry of every log once,
// and has applied it once (I5).
func checkLogs(t testing.TB, w *regiontest.World) {
	t.Helper()
	for _, origin := range w.Names() {
		head := w.Number(t, origin, "select seq from log_head")
		for _, name := range w.Names() {
			if name == origin {
				continue
			}
			// A slow start may have begun a later epoch of it (I14).
			held := w.Number(t, name, "select count(*) from inbox where (origin = $1 or origin like $1 || '.%') and seq between 1 and $2", origin, head)
			if held != head {
				t.Errorf("%s holds %d entries of %s, want %d", name, held, origin, head)
			}
			if got := w.Metric(t, name, `pangea_applied_entries_total{origin="`+origin+`"}`); int64(got) != head {
				t.Errorf("%s applied %v entries of %s, want %d", name, got, origin, head)
			}
		}
	}
}
