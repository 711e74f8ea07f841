package node_test

import (
	"fmt"
	"testing"
	"time"

	"pangea/region/node"
	"pangea/region/regiontest"
	"pangea/region/topology"
)

// partitionEntries is small, so that a test fills several partitions of a log.
const partitionEntries = 10

func smallPartitions(c *node.Config) {
	c.PartitionEntries, c.KeepEvery = partitionEntries, 100*time.Millisecond
}

// Logs are dropped once every peer has applied them, and kept while one is away, by
// their origin and by who holds a copy (I4).
func TestRetention_KeepsWhatAPeerNeeds(t *testing.T) {
	t.Parallel()
	w := regiontest.New(t, regiontest.Options{Change: smallPartitions})
	writeEntries(t, w, 5*partitionEntries)
	w.WaitConverged(t)
	regiontest.Eventually(t, regiontest.Patience, func() string { return held(t, w, partitionEntries) })

	w.Stop(t, "ap")
	writeEntries(t, w, 5*partitionEntries)
	w.WaitConverged(t)
	regiontest.Throughout(t, 2*time.Second, func() string {
		needed := w.Number(t, "ap", "select applied + 1 from vector where origin = 'us'")
		for name, table := range map[string]string{"us": "outbox", "eu": "inbox"} {
			if oldest := w.Number(t, name, "select min(seq) from "+table); oldest > needed {
				return fmt.Sprintf("%s has dropped what ap needs: its %s starts at %d, not %d", name, table, oldest, needed)
			}
		}
		return ""
	})

	w.Start(t, "ap")
	w.WaitConverged(t)
	regiontest.Eventually(t, regiontest.Patience, func() string { return held(t, w, partitionEntries) })
}

// A peer that is away for too long no longer holds the logs back, and that is loud. The
// database remembers it before anything is dropped.
func TestRetention_DeregistersALostPeer(t *testing.T) {
	t.Parallel()
	w := regiontest.New(t, regiontest.Options{Change: forgetful})
	w.Stop(t, "ap")
	writeEntries(t, w, 5*partitionEntries)
	release := w.Hold(t, "us", "peer", "not new.registered")
	for _, name := range []string{"us", "eu"} {
		regiontest.Eventually(t, regiontest.Patience, func() string {
			if w.Metric(t, name, `pangea_peer_registered{peer="ap"}`) != 0 {
				return name + " still has ap registered"
			}
			return ""
		})
		for _, p := range w.Status(t, name).Peers {
			if p.Registered != (p.Region != "ap") {
				t.Errorf("%s says %+v", name, p)
			}
		}
	}
	regiontest.Throughout(t, time.Second, func() string {
		if n := w.Number(t, "us", "select count(*) from outbox"); n < 5*partitionEntries {
			return fmt.Sprintf("us has dropped all but %d entries, and its database says that ap is registered", n)
		}
		return ""
	})
	release()
	regiontest.Eventually(t, regiontest.Patience, func() string { return held(t, w, partitionEntries) })
	if n := w.Number(t, "us", "select count(*) from peer where not registered and region = 'ap'"); n != 1 {
		t.Error("us's database does not remember that ap is not registered")
	}

	w.OK(t, "us", "GET", "/snapshot?for=ap", "")
	if n := w.Metric(t, "us", `pangea_peer_registered{peer="ap"}`); n != 1 {
		t.Error("us has given its snapshot to ap, and keeps nothing of what comes after it for ap")
	}
}

// forgetful makes a region de-register a peer as soon as the topology may say.
func forgetful(c *node.Config) {
	smallPartitions(c)
	limit(c, func(r *topology.Retention) { r.PeerAge = 6 * time.Second })
}

// A region that was down for longer than a peer may be away has not listened for that
// long: its peers stay registered until it has.
func TestRetention_ARegionThatWasDownKeepsItsPeers(t *testing.T) {
	t.Parallel()
	w := regiontest.New(t, regiontest.Options{Regions: []string{"us", "eu"}, Change: smallPartitions})
	writeEntries(t, w, 1)
	w.WaitConverged(t)
	w.Stop(t, "eu") // so that us does not hear of it at once
	w.Stop(t, "us")
	w.Number(t, "us", "update peer set reported = now() - interval '2 days' where region = 'eu' returning 1") // PeerAge is one
	w.Launch(t, "us")
	regiontest.Eventually(t, regiontest.Patience, func() string {
		if w.Metric(t, "us", `pangea_space_bytes{store="outbox"}`) == 0 {
			return "us has not looked after its logs"
		}
		return ""
	})
	regiontest.Throughout(t, time.Second, func() string {
		if peers := w.Status(t, "us").Peers; !peers[0].Registered {
			return fmt.Sprintf("us has de-registered eu: %+v", peers)
		}
		return ""
	})
	w.Start(t, "eu")
	w.WaitReady(t, "us")
	w.WaitConverged(t)
}

// writeEntries makes n entries at us.
func writeEntries(t *testing.T, w *regiontest.World, n int) {
	t.Helper()
	for range n {
		w.OK(t, "us", "POST", "/counter/a/incr", "")
	}
}

// held describes a log of us that has more than n entries, somewhere that runs.
func held(t *testing.T, w *regiontest.World, n int64) string {
	for name, table := range map[string]string{"us": "outbox", "eu": "inbox"} {
		if got := w.Number(t, name, "select count(*) from "+table); got > n {
			return fmt.Sprintf("the %s of %s has %d entries", table, name, got)
		}
	}
	return ""
}
