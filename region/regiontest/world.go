package regiontest

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"pangea/chaos/links"
	"pangea/lab/porttest"
	"pangea/lab/postgres"
	"pangea/region/node"
	"pangea/region/topology"
)

// Options shape a world. The zero value is three regions, 20 ms apart.
type Options struct {
	// Regions are the names. Defaults to us, eu and ap.
	Regions []string
	// RTT is the distance of any two. Defaults to 20 ms.
	RTT time.Duration
	// RelayAfter is the silence after which a log is read from another holder.
	// Defaults to never.
	RelayAfter time.Duration
	// Change may adjust a region's configuration before it starts.
	Change func(*node.Config)
	// Cold leaves the regions for the test to start.
	Cold bool
	// OwnPostgres names a region whose database is in a cluster of its own, which
	// the test may stop.
	OwnPostgres string
	// OwnDisk is where that cluster is. Defaults to the system's temporary directory.
	OwnDisk string
	// Clustered names a region whose log is kept by a NATS cluster.
	Clustered string
}

// World is a set of regions in this process.
type World struct {
	Topology *topology.Topology
	Links    *links.Network
	NATS     *NATSCluster // of opts.Clustered

	opts    Options
	shared  *postgres.Cluster
	own     *postgres.Cluster // of opts.OwnPostgres
	dir     string
	id      string
	suffix  string // of the databases' names
	running map[string]*running
}

type running struct {
	stop context.CancelFunc
	done chan error
}

// New starts a world, and waits until every region is ready.
func New(t testing.TB, opts Options) *World {
	t.Helper()
	if len(opts.Regions) == 0 {
		opts.Regions = []string{"us", "eu", "ap"}
	}
	if opts.RTT == 0 {
		opts.RTT = 20 * time.Millisecond
	}
	w := &World{opts: opts, dir: t.TempDir(), id: unique(t), running: map[string]*running{}}
	w.createDatabases(t)
	server, err := links.Serve(t.Context(), w.layout(t))
	if err != nil {
		t.Fatalf("start toxiproxy: %v", err)
	}
	w.Topology = server.Topology()
	w.Links = links.Open(w.Topology)
	t.Cleanup(func() {
		for name := range w.running {
			w.Stop(t, name)
		}
		if err := server.Close(); err != nil {
			t.Errorf("stop toxiproxy: %v", err)
		}
	})
	if !opts.Cold {
		w.StartAll(t)
	}
	return w
}

// layout makes a topology of free ports.
func (w *World) layout(t testing.TB) *topology.Topology {
	t.Helper()
	n := len(w.opts.Regions)
	topo := &topology.Topology{
		RTT: map[string]time.Duration{}, Jitter: w.opts.RTT / 10,
		Links:   topology.Links{API: "127.0.0.1:0", Listeners: map[string]string{}},
		Handles: topology.Handles{Shards: 64, Owners: map[string]string{}},
		Retention: topology.Retention{
			PeerAge: 24 * time.Hour, PeerBytes: 8 << 30, StreamBytes: 256 << 20,
			Conflicts: 1_000_000, Idempotency: 24 * time.Hour,
		},
		Relay: topology.Relay{Enabled: w.opts.RelayAfter > 0, After: w.opts.RelayAfter},
	}
	for i, name := range w.opts.Regions {
		topo.Regions = append(topo.Regions, topology.Region{
			Name: name, Router: porttest.Address(t), HTTP: porttest.Address(t), NATS: porttest.Address(t), Monitor: porttest.Address(t),
			Postgres: porttest.Address(t),
		})
		topo.Handles.Owners[name] = fmt.Sprintf("%d-%d", i*64/n, (i+1)*64/n-1)
		for _, other := range w.opts.Regions[i+1:] {
			topo.RTT[name+"-"+other] = w.opts.RTT
		}
	}
	if name := w.opts.Clustered; name != "" {
		w.NATS = newNATSCluster(t)
		i := slices.Index(w.opts.Regions, name)
		topo.Regions[i].NATS, topo.Regions[i].Monitor = "", ""
		topo.NATS.URL = map[string]string{name: w.NATS.URL()}
	}
	for _, l := range topo.AllLinks() {
		topo.Links.Listeners[l.Name()] = porttest.Address(t)
	}
	return topo
}

func unique(t testing.TB) string {
	clean := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, strings.ToLower(t.Name()))
	return fmt.Sprintf("%.30s_%d", clean, time.Now().UnixNano())
}

// Config is what a region is started with.
func (w *World) Config(name string) node.Config {
	c := node.Config{
		Region: name, Topology: w.Topology, DSN: w.DSN(name), StoreDir: w.dir + "/" + name,
		Logger: slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelError})).With("region", name),
	}
	if w.opts.Change != nil {
		w.opts.Change(&c)
	}
	return c
}

// StartAll starts every region that does not run, and waits until all are ready.
func (w *World) StartAll(t testing.TB) {
	t.Helper()
	for _, name := range w.opts.Regions {
		if w.running[name] == nil {
			w.Launch(t, name)
		}
	}
	for _, name := range w.opts.Regions {
		w.WaitReady(t, name)
	}
}

// Start starts a region and waits until it is ready.
func (w *World) Start(t testing.TB, name string) {
	t.Helper()
	w.Launch(t, name)
	w.WaitReady(t, name)
}

// Launch starts a region without waiting for it.
func (w *World) Launch(t testing.TB, name string) {
	t.Helper()
	n, err := node.New(t.Context(), w.Config(name))
	if err != nil {
		t.Fatalf("start %s: %v", name, err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	r := &running{stop: cancel, done: make(chan error, 1)}
	go func() { r.done <- n.Run(ctx) }()
	w.running[name] = r
}

// Stop stops a region and waits until it has gone.
func (w *World) Stop(t testing.TB, name string) {
	t.Helper()
	r := w.running[name]
	if r == nil {
		t.Fatalf("stop %s: it does not run", name)
	}
	delete(w.running, name)
	r.stop()
	select {
	case err := <-r.done:
		if err != nil {
			t.Errorf("%s ended: %v", name, err)
		}
	case <-time.After(30 * time.Second):
		t.Errorf("%s does not stop", name)
	}
}

// Names lists the regions.
func (w *World) Names() []string { return w.opts.Regions }
