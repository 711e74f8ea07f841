package peers_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"pangea/lab"
	"pangea/lab/mesh"
	"pangea/lab/peers"
	"pangea/lab/stack"
	"pangea/lab/stack/stacktest"
	"pangea/region/topology"
)

func TestMain(m *testing.M) {
	code := m.Run()
	stacktest.Close()
	os.Exit(code)
}

var regions = []string{"us", "eu", "ap"}

// pangea is a system that starts a fresh stack.
func pangea(t *testing.T) peers.System {
	t.Helper()
	base, err := stack.Open(stacktest.BuiltRoot(t, regions...))
	if err != nil {
		t.Fatal(err)
	}
	urls := map[string]string{}
	for _, r := range base.Topology().Regions {
		urls[r.Name] = "http://" + r.HTTP
	}
	return once(t, "Pangea", func(ctx context.Context) (peers.Running, error) {
		fresh, err := base.Fresh(ctx, base.Topology(), func(string, string) {})
		if err != nil {
			return nil, err
		}
		return peers.NewPangea(fresh, 1, func(ctx context.Context) (int, error) {
			report, err := lab.Verify(ctx, urls, t.Output())
			return len(report.Differences), err
		}), nil
	})
}

// pglogical is a system that starts a mesh.
func pglogical(t *testing.T) peers.System {
	t.Helper()
	root := stacktest.BuiltRoot(t, regions...)
	world, err := topology.Load(filepath.Join(root, "topology.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	cfg := mesh.Config{Root: filepath.Join(root, "mesh"), Programs: filepath.Join(root, ".pangea", "bin"), World: world}
	return once(t, "pglogical", func(ctx context.Context) (peers.Running, error) {
		m, err := mesh.Start(ctx, cfg, func(note string) { t.Log(note) })
		if err != nil {
			return nil, err
		}
		return peers.Pglogical{Mesh: m}, nil
	})
}

// once is a system that is started once, and ends with the test: the other starts take
// what runs. How an empty one starts again, their packages test.
func once(t *testing.T, name string, start func(context.Context) (peers.Running, error)) peers.System {
	started := sync.OnceValues(func() (peers.Running, error) {
		running, err := start(t.Context())
		if err != nil {
			return nil, err
		}
		t.Cleanup(func() {
			if err := running.Stop(context.Background()); err != nil {
				t.Errorf("stop %s: %v", name, err)
			}
		})
		return lasting{running}, nil
	})
	return peers.System{Name: name, Start: func(context.Context) (peers.Running, error) { return started() }}
}

// lasting goes on when it is stopped.
type lasting struct{ peers.Running }

func (lasting) Stop(context.Context) error { return nil }

// Both systems, for real, one after the other: each is loaded, watched, drained and
// compared, and nothing of Pangea's differs (I7).
func TestExperiment_ComparesBothSystems(t *testing.T) {
	experiment, err := peers.New(peers.Config{
		Rounds: 1, Tries: 2, Duration: 3 * time.Second, Clients: 4, Batch: 10, Regions: regions, Progress: t.Output(),
	}, pangea(t), pglogical(t))
	if err != nil {
		t.Fatal(err)
	}
	found, err := experiment.Run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if got, want := len(found.Rounds), 4; got < want {
		t.Fatalf("%d measurements, want %d at least", got, want)
	}
	for _, m := range found.Rounds {
		if m.Writes == 0 || m.Failed > 0 || m.P99 == 0 || m.Lag.Count == 0 || m.Lag.Low <= 0 {
			t.Errorf("got %+v, want writes, a p99 and a lag", m)
		}
		// On a busy machine a worker of pglogical may stop, and start again minutes later.
		if m.System == "Pangea" && (!m.Drained || m.Differing > 0) {
			t.Errorf("got %+v, want an end at which no key differs", m)
		}
	}
	found.Record().Print(t.Output())
}

func TestNew_RefusesWhatCannotBeMeasured(t *testing.T) {
	for want, cfg := range map[string]peers.Config{
		"rounds":          {Rounds: -1, Regions: regions},
		"tries":           {Tries: -1, Regions: regions},
		"at least 3s":     {Duration: time.Second, Regions: regions},
		"2 to 127":        {Batch: 128, Regions: regions},
		"none to look":    {Clients: -1, Regions: regions},
		"no lag to compa": {Regions: regions[:1]},
	} {
		if _, err := peers.New(cfg, peers.System{}, peers.System{}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
}
