package node_test

import (
	"fmt"
	"testing"

	"pangea/region/regiontest"
)

func TestMain(m *testing.M) { regiontest.Main(m) }

// Every class written in every region reads the same everywhere.
func TestWorld_EveryClassConverges(t *testing.T) {
	w := regiontest.New(t, regiontest.Options{})
	for _, name := range w.Names() {
		w.OK(t, name, "POST", "/counter/a/incr", "")
		w.OK(t, name, "POST", "/tags/a/add", fmt.Sprintf(`{"tag":%q}`, name))
		w.OK(t, name, "PATCH", "/prefs/a", fmt.Sprintf(`{%q:1}`, name))
		w.OK(t, name, "PUT", "/profile/a", fmt.Sprintf(`{"from":%q}`, name))
	}
	w.OK(t, "us", "PUT", "/handle/a", `{"claimant":"user:1"}`)
	if a := w.Do(t, "eu", "PUT", "/handle/a", `{"claimant":"user:2"}`); a.Status != 409 {
		t.Errorf("second claim: %d %s", a.Status, a.Body)
	}
	w.WaitConverged(t)
	for _, name := range w.Names() {
		if got := w.OK(t, name, "GET", "/counter/a", "").Field("value"); got != "3" {
			t.Errorf("%s: counter %s", name, got)
		}
		if got := w.OK(t, name, "GET", "/tags/a", "").Field("tags"); got != "[ap eu us]" {
			t.Errorf("%s: tags %s", name, got)
		}
		if got := w.OK(t, name, "GET", "/prefs/a", "").Field("value"); got != "map[ap:1 eu:1 us:1]" {
			t.Errorf("%s: prefs %s", name, got)
		}
	}
}

// A region that restarts has its data, and goes on where it was (I1, I2).
func TestWorld_RestartKeepsData(t *testing.T) {
	w := regiontest.New(t, regiontest.Options{Regions: []string{"us"}})
	for range 5 {
		w.OK(t, "us", "POST", "/counter/a/incr", "")
	}
	w.Stop(t, "us")
	w.Start(t, "us")
	a := w.OK(t, "us", "POST", "/counter/a/incr", "")
	if a.Field("value") != "6" || a.Field("version_vector") != "us=6" {
		t.Errorf("after the restart: %s", a.Body)
	}
	regiontest.Eventually(t, regiontest.Patience, func() string {
		if s := w.Status(t, "us"); !s.Ready {
			return s.Reason
		}
		return ""
	})
}
