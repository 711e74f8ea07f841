package node_test

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"pangea/region"
	"pangea/region/regiontest"
)

// Every lost write is in its region's conflicts, which can be paged through, and can be
// made again: it then wins everywhere.
func TestConflicts_ArePagedAndRestored(t *testing.T) {
	t.Parallel()
	w := regiontest.New(t, regiontest.Options{Regions: []string{"us", "eu"}, RTT: 400 * time.Millisecond})
	const races, lost = 5, `"<us>"`
	for n := range races {
		path := fmt.Sprintf("/profile/%d", n)
		w.OK(t, "us", "PUT", path, lost)
		w.OK(t, "eu", "PUT", path, `"eu"`) // later, and before it has heard of the first
	}
	w.OK(t, "us", "PATCH", "/prefs/p", `{"raced":"us","kept":1}`)
	w.OK(t, "eu", "PATCH", "/prefs/p", `{"raced":"eu"}`)
	w.WaitConverged(t)

	var all []region.Conflict
	for before := ""; ; {
		var page struct{ Conflicts []region.Conflict }
		if err := json.Unmarshal([]byte(w.OK(t, "us", "GET", "/conflicts?limit=2"+before, "").Body), &page); err != nil {
			t.Fatal(err)
		}
		if len(page.Conflicts) == 0 {
			break
		}
		all = append(all, page.Conflicts...)
		before = fmt.Sprintf("&before=%v", all[len(all)-1].ID)
	}
	if len(all) != races+1 {
		t.Fatalf("us has %d conflicts, want %d: %+v", len(all), races+1, all)
	}
	for i, c := range all {
		if i > 0 && c.ID.Number >= all[i-1].ID.Number {
			t.Errorf("conflict %v comes after %v", c.ID, all[i-1].ID)
		}
		if c.Class == region.Profile.String() && string(c.Lost.Value) != lost {
			t.Errorf("conflict %v lost %s, want %s as it was written", c.ID, c.Lost.Value, lost)
		}
		restore := fmt.Sprintf("/conflicts/%v/restore", c.ID)
		if a := w.Do(t, "eu", "POST", restore, ""); a.Status != 404 { // it may have one of the same number
			t.Errorf("eu was asked for one of us: %d %s", a.Status, a.Body)
		}
		w.OK(t, "us", "POST", restore, "")
	}
	w.WaitConverged(t)
	for _, name := range w.Names() {
		for n := range races {
			wantValue(t, w, name, fmt.Sprintf("/profile/%d", n), lost)
		}
		wantValue(t, w, name, "/prefs/p", `{"kept":1,"raced":"us"}`)
	}
}

func wantValue(t *testing.T, w *regiontest.World, name, path, want string) {
	t.Helper()
	var got struct{ Value json.RawMessage }
	if err := json.Unmarshal([]byte(w.OK(t, name, "GET", path, "").Body), &got); err != nil || string(got.Value) != want {
		t.Errorf("%s: %s is %s, %v, want %s", name, path, got.Value, err, want)
	}
}
