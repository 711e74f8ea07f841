package replay_test

import (
	"bytes"
	"context"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"pangea/crdt"
	"pangea/lab/replay"
	"pangea/region/regiontest"
)

func TestMain(m *testing.M) { regiontest.Main(m) }

// A snapshot that is taken in between, and all logs from where it ends, make the state of
// the live regions (I7).
func TestRun_MakesTheStateOfTheLiveRegions(t *testing.T) {
	t.Parallel()
	w := regiontest.New(t, regiontest.Options{Regions: []string{"us", "eu"}})
	write(t, w, 0)
	var saved bytes.Buffer
	if err := replay.Save(t.Context(), w.URL("eu", ""), "us", &saved); err != nil {
		t.Fatal(err)
	}
	write(t, w, 1)
	w.WaitConverged(t)
	live, err := crdt.ParseVector(w.Status(t, "us").Vector)
	if err != nil {
		t.Fatal(err)
	}
	f, err := run(t, w, "whole", saved.Bytes(), live)
	if err != nil {
		t.Fatal(err)
	}
	if want := w.Digest(t, "us").Classes; !reflect.DeepEqual(f.Digest.Classes, want) {
		t.Errorf("got %v, want %v", f.Digest.Classes, want)
	}
	if f.Rows == 0 || f.Entries == 0 || f.From == f.To {
		t.Errorf("got %+v: nothing was restored, or nothing replayed", f)
	}

	if _, err := run(t, w, "half", saved.Bytes()[:saved.Len()/2], live); err == nil || !strings.Contains(err.Error(), "restore the snapshot of eu") {
		t.Errorf("half a snapshot: got %v", err)
	}
	live[crdt.Origin{Region: "us", Epoch: 1}]++
	if _, err := run(t, w, "beyond", saved.Bytes(), live); err == nil || !strings.Contains(err.Error(), "replay the log of us") {
		t.Errorf("an entry that there is not: got %v", err)
	}
}

// write changes and deletes something of every class in both regions.
func write(t *testing.T, w *regiontest.World, round int) {
	t.Helper()
	for _, name := range w.Names() {
		for i := range 20 {
			w.OK(t, name, "PUT", fmt.Sprintf("/profile/p%d", i), fmt.Sprintf(`"%s %d"`, name, round))
			w.OK(t, name, "POST", fmt.Sprintf("/counter/c%d/incr", i), "")
			w.OK(t, name, "POST", "/tags/t/add", fmt.Sprintf(`{"tag":"%d-%d"}`, round, i))
			w.OK(t, name, "POST", "/tags/t/remove", fmt.Sprintf(`{"tag":"%d-%d"}`, round-1, i))
			w.OK(t, name, "PATCH", "/prefs/f", fmt.Sprintf(`{"%d-%d":1,"%d-%d":null}`, round, i, round-1, i))
		}
		w.OK(t, name, "PUT", fmt.Sprintf("/handle/h%d", round), `{"claimant":"a"}`)
	}
}

func run(t *testing.T, w *regiontest.World, database string, saved []byte, to crdt.Vector) (*replay.Finding, error) {
	t.Helper()
	database = w.Database(database)
	if err := w.Cluster("us").CreateDatabase(t.Context(), database); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	holder := func(name string) string { return w.URL(name, "") }
	return replay.Run(ctx, replay.Config{DSN: w.Cluster("us").DSN(database), Holder: holder}, bytes.NewReader(saved), to)
}
