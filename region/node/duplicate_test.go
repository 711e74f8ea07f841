package node_test

import (
	"context"
	"testing"
	"time"

	"pangea/region/regiontest"
)

// us's stream gives eu everything again, over and over, while us writes; sometimes
// eu's consumer is gone altogether. Nothing counts twice and nothing is left out (I5).
func TestApplier_RedeliveredEntriesHaveNoEffect(t *testing.T) {
	t.Parallel()
	w := regiontest.New(t, regiontest.Options{Regions: []string{"us", "eu"}})
	b := newBooks()
	stop := background(t, func(ctx context.Context) {
		every(ctx, 20*time.Millisecond, func() {
			b.send(t, w, "us", incr("a"))
			b.send(t, w, "us", write{method: "POST", path: "/tags/a/add", body: `{"tag":"t"}`})
		})
	})
	regiontest.Eventually(t, regiontest.Patience, func() string {
		w.Redeliver(t, "us", "eu")
		if n := w.Metric(t, "eu", `pangea_applier_duplicates_total{peer="us"}`); n < 1000 {
			return "too few entries were delivered again"
		}
		return ""
	})
	w.DropConsumer(t, "us", "eu")
	regiontest.Eventually(t, regiontest.Patience, func() string {
		if w.Metric(t, "eu", `pangea_applier_resets_total{cause="consumer_deleted",peer="us"}`) == 0 {
			return "eu's session goes on without its consumer"
		}
		return ""
	})
	stop()
	w.WaitConverged(t)
	b.check(t, w)
	checkLogs(t, w)
}
