package node_test

import (
	"fmt"
	"testing"
	"time"

	"pangea/chaos/links"
	"pangea/region/node"
	"pangea/region/regiontest"
	"pangea/region/topology"
)

// eu gives a handle to user:1, which only us stores, and is lost. While us is out of
// reach too, eu serves what ap has, but decides about no handle: it would give the same
// one away again (I10). So it is also if ap has never heard of any log of eu.
func TestSound_ALostOwnerDecidesNothingBeforeItKnows(t *testing.T) {
	t.Parallel()
	for name, writer := range map[string]string{"ap knows of eu": "eu", "ap knows nothing": "ap"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			losesItsOwner(t, writer)
		})
	}
}

func losesItsOwner(t *testing.T, writer string) {
	w := regiontest.New(t, regiontest.Options{})
	w.OK(t, writer, "POST", "/counter/a/incr", "")
	w.WaitConverged(t)
	w.Cut(t, "eu", "ap", links.BothWays, links.Refuse)
	w.Cut(t, "us", "ap", links.BothWays, links.Refuse)
	handle := "/handle/" + handleOf(w, "eu", 1)
	if a := w.Do(t, "eu", "PUT", handle, `{"claimant":"user:1"}`); a.Status != 201 {
		t.Fatalf("%d %s", a.Status, a.Body)
	}
	w.Destroy(t, "eu")
	w.Cut(t, "us", "eu", links.BothWays, links.Refuse)
	w.Heal(t, "eu", "ap")
	w.Start(t, "eu")
	if got := counter(t, w, "eu", "a"); got != 1 {
		t.Errorf("eu serves a counter of %d, want 1", got)
	}
	decidesNothing(t, w, handle, time.Second)
	if w.Status(t, "eu").Handles.Decides {
		t.Error("eu says that it decides about handles")
	}
	w.Stop(t, "eu") // and it has not forgotten why when it is restarted
	w.Start(t, "eu")
	decidesNothing(t, w, handle, 2*time.Second)
	w.HealAll(t)
	knowsWhose(t, w, handle)
}

// decidesNothing checks that eu gives a handle to nobody.
func decidesNothing(t *testing.T, w *regiontest.World, handle string, limit time.Duration) {
	t.Helper()
	regiontest.Throughout(t, limit, func() string {
		if a := w.Do(t, "eu", "PUT", handle, `{"claimant":"user:2"}`); a.Status != 503 {
			return fmt.Sprintf("eu answers %d %s", a.Status, a.Body)
		}
		return ""
	})
}

// waitDecides waits until a region says that it decides about its handles.
func waitDecides(t *testing.T, w *regiontest.World, name string) {
	t.Helper()
	regiontest.Eventually(t, regiontest.Patience, func() string {
		if !w.Status(t, name).Handles.Decides {
			return name + " decides about no handle"
		}
		return ""
	})
}

// knowsWhose waits until eu says that a handle is another's.
func knowsWhose(t *testing.T, w *regiontest.World, handle string) {
	t.Helper()
	regiontest.Eventually(t, regiontest.Patience, func() string {
		switch a := w.Do(t, "eu", "PUT", handle, `{"claimant":"user:2"}`); a.Status {
		case 409:
			return ""
		case 503:
			return a.Body
		default:
			t.Fatalf("eu answers %d %s", a.Status, a.Body)
			return ""
		}
	})
}

// A dump of eu was taken while ap was de-registered, and ap, which has come back since,
// stores what eu gave away last. Restored from that dump, eu does not go by its old word:
// while ap is away, it decides nothing (I10).
func TestSound_WhoIsRegisteredIsNotTakenFromADump(t *testing.T) {
	t.Parallel()
	age := 2 * time.Second
	w := regiontest.New(t, regiontest.Options{Change: func(c *node.Config) {
		limit(c, func(r *topology.Retention) { r.PeerAge = age })
	}})
	w.OK(t, "eu", "POST", "/counter/a/incr", "")
	w.WaitConverged(t)
	w.Cut(t, "eu", "ap", links.BothWays, links.Refuse)
	waitRegistered(t, w, false)
	age = 24 * time.Hour
	w.Stop(t, "eu")
	w.Dump(t, "eu")
	w.Start(t, "eu")
	w.Heal(t, "eu", "ap")
	waitRegistered(t, w, true)
	w.Cut(t, "us", "eu", links.BothWays, links.Refuse)
	w.Cut(t, "us", "ap", links.BothWays, links.Refuse)
	handle := "/handle/" + handleOf(w, "eu", 1)
	if a := w.Do(t, "eu", "PUT", handle, `{"claimant":"user:1"}`); a.Status != 201 {
		t.Fatalf("%d %s", a.Status, a.Body)
	}
	w.Stop(t, "eu")
	w.RemoveStream(t, "eu")
	w.Restore(t, "eu")
	w.Cut(t, "eu", "ap", links.BothWays, links.Refuse)
	w.Heal(t, "us", "eu")
	w.Start(t, "eu")
	decidesNothing(t, w, handle, 3*time.Second)
	w.HealAll(t)
	knowsWhose(t, w, handle)
}

// waitRegistered waits until eu says so, or not, of ap.
func waitRegistered(t *testing.T, w *regiontest.World, want bool) {
	t.Helper()
	regiontest.Eventually(t, regiontest.Patience, func() string {
		for _, p := range w.Status(t, "eu").Peers {
			if p.Region == "ap" && p.Registered == want {
				return ""
			}
		}
		return fmt.Sprintf("eu does not say of ap that it is registered: %t", want)
	})
}
