package node_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"pangea/chaos/links"
	"pangea/crdt"
	"pangea/region/regiontest"
)

// us is gone for good, under load, and its links went one before the other: ap holds
// more of its log than eu. What reached one survivor reaches both, and they go on.
func TestRelay_SurvivorsOfALostRegionCompleteEachOther(t *testing.T) {
	t.Parallel()
	const after = 6 * time.Second
	w := regiontest.New(t, regiontest.Options{RelayAfter: after})
	b, lost := newBooks(), crdt.Origin{Region: "us", Epoch: 1}
	var clients []func(context.Context)
	for _, name := range w.Names() {
		clients = append(clients, func(ctx context.Context) {
			every(ctx, 20*time.Millisecond, func() { b.send(t, w, name, incr(name)) })
		})
	}
	stop := background(t, clients...)
	claims := claimAt(t, w, "ap")
	regiontest.Eventually(t, regiontest.Patience, func() string { return beyond(t, w, 50) })

	w.Cut(t, "us", "eu", links.BothWays, links.Blackhole)
	regiontest.Eventually(t, after, func() string {
		if more := stored(t, w, "ap")[lost] - stored(t, w, "eu")[lost]; int64(more) < 10 {
			return fmt.Sprintf("ap holds %d entries of us more than eu", int64(more))
		}
		return ""
	})
	w.Cut(t, "us", "ap", links.BothWays, links.Refuse)
	w.Stop(t, "us")
	held := stored(t, w, "ap")[lost]
	if have := stored(t, w, "eu")[lost]; have >= held {
		t.Fatalf("eu holds %d entries of us, ap %d: there is nothing to complete", have, held)
	}
	regiontest.Eventually(t, regiontest.Patience, func() string {
		if have := stored(t, w, "eu")[lost]; have != held {
			return fmt.Sprintf("eu holds %d entries of us, ap %d", have, held)
		}
		return ""
	})
	goOn(t, w, "eu", "ap")

	stop()
	claims.stop()
	w.WaitConverged(t)
	for _, name := range []string{"eu", "ap"} {
		for _, key := range []string{"eu", "ap"} {
			if got := counter(t, w, name, key); !b.counters[key].hold(got) {
				t.Errorf("%s: counter %s is %d, acknowledged and possible are %+v", name, key, got, b.counters[key])
			}
		}
	}
}

// stored is what a region has in its database of each log.
func stored(t *testing.T, w *regiontest.World, name string) crdt.Vector {
	t.Helper()
	v, err := crdt.ParseVector(w.Status(t, name).Stored)
	if err != nil {
		t.Fatalf("stored at %s: %v", name, err)
	}
	return v
}

// goOn waits until each of two regions has applied what the other writes from now on.
func goOn(t *testing.T, w *regiontest.World, a, b string) {
	t.Helper()
	for from, to := range map[string]string{a: b, b: a} {
		w.OK(t, from, "PUT", "/profile/"+from, "1")
		regiontest.Eventually(t, regiontest.Patience, func() string { return shows(t, w, to, "/profile/"+from, "value", "1") })
	}
}
