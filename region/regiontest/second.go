package regiontest

import (
	"maps"
	"os"
	"slices"
	"testing"

	"pangea/lab/porttest"
)

// Second starts a second machine for a region, beside the first: on the database that
// Dump has kept, with the stream of that time and with addresses of its own that nobody
// else knows. It reaches the peers, unless its links are cut. It returns when the region
// is ready there.
func (w *World) Second(t testing.TB, name string, cut bool) *World {
	t.Helper()
	topo := *w.Topology
	topo.Regions = slices.Clone(topo.Regions)
	for i := range topo.Regions {
		if r := &topo.Regions[i]; r.Name == name {
			r.HTTP, r.NATS, r.Monitor = porttest.Address(t), porttest.Address(t), porttest.Address(t)
		}
	}
	if cut {
		topo.Links.Listeners = maps.Clone(topo.Links.Listeners)
		for link := range topo.Links.Listeners {
			topo.Links.Listeners[link] = porttest.Address(t)
		}
	}
	second := &World{
		Topology: &topo, Links: w.Links,
		opts: w.opts, shared: w.shared, own: w.own, id: w.id, suffix: dumped, running: map[string]*running{},
		dir: w.dir + "/second",
	}
	if err := os.MkdirAll(second.dir, 0o755); err != nil {
		t.Fatal(err)
	}
	copyDir(t, w.storeDir(name)+dumped, second.storeDir(name))
	t.Cleanup(func() {
		for name := range second.running {
			second.Stop(t, name)
		}
	})
	second.Start(t, name)
	return second
}

// Adopt makes the database and the stream of the second machine, which does not run any
// more, those of the region itself.
func (w *World) Adopt(t testing.TB, name string) {
	t.Helper()
	w.dropDatabase(t, name, w.Database(name))
	w.Exec(t, name, "postgres", "alter database "+w.Database(name)+dumped+" rename to "+w.Database(name))
	copyDir(t, w.dir+"/second/"+name, w.storeDir(name))
}
