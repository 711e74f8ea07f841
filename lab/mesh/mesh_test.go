package mesh

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"pangea/lab/stack/stacktest"
	"pangea/region/regiontest"
	"pangea/region/topology"
)

func TestMain(m *testing.M) {
	code := m.Run()
	stacktest.Close()
	os.Exit(code)
}

func start(t *testing.T) *Mesh {
	t.Helper()
	root := stacktest.BuiltRoot(t, "us", "eu", "ap")
	topo, err := topology.Load(filepath.Join(root, "topology.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	cfg := Config{Root: filepath.Join(root, "mesh"), Programs: filepath.Join(root, ".pangea", "bin"), World: topo}
	m, err := Start(t.Context(), cfg, func(note string) { t.Log(note) })
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := m.Stop(context.Background()); err != nil {
			t.Error(err)
		}
		if _, err := os.Stat(cfg.Root); !os.IsNotExist(err) {
			t.Errorf("the mesh is not gone: %v", err)
		}
	})
	return m
}

var names = []string{"us", "eu", "ap"}

// write puts a row in a node and waits until the others have it, and with it all that
// this node wrote before.
func write(t *testing.T, m *Mesh, origin, key string, others ...string) {
	t.Helper()
	if err := m.Put(t.Context(), origin, key, "1"); err != nil {
		t.Fatal(err)
	}
	regiontest.Eventually(t, regiontest.Patience, func() string {
		for _, name := range others {
			if got, err := m.Get(t.Context(), name, key); err != nil || got != "1" {
				return name + " has not got " + key
			}
		}
		return ""
	})
}

func differing(t *testing.T, m *Mesh) int {
	t.Helper()
	n, err := m.Differing(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// pgbench writes what the nodes replicate, and a key that does not arrive is counted.
func TestMesh_ReplicatesAndCounts(t *testing.T) {
	m := start(t)
	for _, rows := range []int{1, 100} {
		results, err := m.Bench(t.Context(), Load{Clients: 2, Rows: rows, Keys: 10_000_000, Zipf: 1.1, Duration: 2 * time.Second})
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range results {
			t.Logf("%d rows: %+v", rows, r)
			if r.Transactions == 0 || r.P99 == 0 || r.Failed != 0 {
				t.Errorf("got %+v, want transactions and their p99", r)
			}
		}
	}
	paced, err := m.Bench(t.Context(), Load{Clients: 2, Rows: 1, Rate: 50, Keys: 10_000_000, Zipf: 1.1, Duration: 2 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	if r := paced[0]; r.Transactions < 50 || r.Transactions > 150 || r.P99 == 0 {
		t.Errorf("got %+v of 50 transactions a second for 2 s", r)
	}
	for _, name := range names {
		write(t, m, name, "last-"+name, names...)
	}
	before := differing(t, m)
	t.Logf("%d keys differ after it", before)
	if err := m.nodes[1].exec(t.Context(), `SELECT pglogical.alter_subscription_disable('eu_us', true)`); err != nil {
		t.Fatal(err)
	}
	write(t, m, "us", "not in eu", "ap")
	if got := differing(t, m); got != before+1 {
		t.Errorf("%d keys differ when one more does not arrive, and %d before", got, before)
	}
}

func TestMesh_RefusesWhatPgbenchCannotDo(t *testing.T) {
	_, err := (&Mesh{}).Bench(t.Context(), Load{Clients: 1, Rows: 128, Keys: 1, Zipf: 1.1, Duration: time.Second})
	if err == nil || !strings.Contains(err.Error(), "1 to 127 rows") {
		t.Errorf("got %v, want a refusal", err)
	}
}
