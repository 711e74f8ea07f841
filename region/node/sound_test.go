package node_test

import (
	"fmt"
	"testing"
	"time"

	"pangea/chaos/links"
	"pangea/region/regiontest"
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
	regiontest.Throughout(t, time.Second, func() string {
		if a := w.Do(t, "eu", "PUT", handle, `{"claimant":"user:2"}`); a.Status != 503 {
			return fmt.Sprintf("without us, eu answers %d %s", a.Status, a.Body)
		}
		return ""
	})
	if w.Status(t, "eu").Handles.Decides {
		t.Error("eu says that it decides about handles")
	}
	w.Stop(t, "eu") // and it has not forgotten why when it is restarted
	w.Start(t, "eu")
	regiontest.Throughout(t, 2*time.Second, func() string {
		if a := w.Do(t, "eu", "PUT", handle, `{"claimant":"user:2"}`); a.Status != 503 {
			return fmt.Sprintf("restarted, without us, eu answers %d %s", a.Status, a.Body)
		}
		return ""
	})
	w.HealAll(t)
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
