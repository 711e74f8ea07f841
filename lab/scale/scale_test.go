package scale

import (
	"context"
	"strings"
	"sync/atomic"
	"testing"

	"pangea/lab/wrk"
	"pangea/region/regiontest"
	"pangea/region/topology"
)

func TestMain(m *testing.M) { regiontest.Main(m) }

func TestFirst_IsAWorld(t *testing.T) {
	world, err := topology.Load("../../topology.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for n := 1; n <= len(world.Regions); n++ {
		w := first(world, n)
		if err := w.Validate(); err != nil {
			t.Errorf("%d regions: %v", n, err)
		}
		if len(w.Regions) != n || len(w.RTT) != n*(n-1)/2 || len(w.Links.Listeners) != 2*n*(n-1) {
			t.Errorf("%d regions: got %+v", n, w)
		}
	}
	if len(world.RTT) != 3 || len(world.Handles.Owners) != 3 {
		t.Errorf("the whole world was changed: %+v", world)
	}
}

// Every key is there once, whatever the last request has left.
func TestFillKeys(t *testing.T) {
	w := regiontest.New(t, regiontest.Options{Regions: []string{"us"}})
	var written atomic.Uint64
	const rows = filledAtOnce + 17
	if err := fillKeys(t.Context(), w.URL("us", ""), 1, rows, &written); err != nil {
		t.Fatal(err)
	}
	if got := w.Digest(t, "us").Classes["profile"].Rows; got != rows || written.Load() != rows {
		t.Errorf("%d rows are there, and %d were counted: want %d", got, written.Load(), rows)
	}
	w.OK(t, "us", "GET", "/profile/1", "")
	w.OK(t, "us", "GET", "/profile/5017", "")
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	if err := fillKeys(cancelled, w.URL("us", ""), 1, rows, &written); err == nil {
		t.Error("it went on after the end")
	}
	w.Stop(t, "us")
	if err := fillKeys(t.Context(), w.URL("us", ""), 1, 1, &written); err == nil {
		t.Error("nobody was there, and it was no error")
	}
}

// Along a curve one thing changes.
func TestCurves(t *testing.T) {
	world, load := &topology.Topology{Regions: make([]topology.Region, 3)}, wrk.Config{Seed: 7}
	if c := Rows(world, load, []int{10, 1000}); c.settings[1].rows != 1000 || c.settings[1].load.Keys != 1000 || c.settings[1].rate != 0 {
		t.Errorf("rows: %+v", c.settings[1])
	}
	if c := Values(world, load, []int{10, 1000}); c.settings[0].load.ValueBytes != 10 || c.settings[0].load.Keys != 0 {
		t.Errorf("values: %+v", c.settings[0])
	}
	if c := Rates(world, load, []float64{5, 50}); c.settings[1].rate != 50 || c.settings[1].rows != 0 {
		t.Errorf("rates: %+v", c.settings[1])
	}
}

func TestNew_RefusesBadConfig(t *testing.T) {
	for want, cfg := range map[string]Config{"steady": {}, "rounds": {Steady: 1, Rounds: -1}} {
		if _, err := New(cfg, nil, nil); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
}
