package seed_test

import (
	"context"
	"log/slog"
	"net"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"go.uber.org/goleak"

	"pangea/chaos/links"
	"pangea/crdt"
	"pangea/lab/logtest"
	"pangea/region"
	"pangea/region/position"
	"pangea/region/seed"
	"pangea/region/snapshot"
	"pangea/region/state"
	"pangea/region/topology"
)

// A cut of a busy connection leaves some of toxiproxy's goroutines blocked, and the HTTP
// server's clock, of which a process has one, runs for ever.
func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m,
		goleak.IgnoreAnyFunction("github.com/Shopify/toxiproxy/v2/toxics.(*ToxicStub).Run"),
		goleak.IgnoreAnyFunction("github.com/Shopify/toxiproxy/v2.(*ToxicLink).read"),
		goleak.IgnoreAnyFunction("github.com/valyala/fasthttp.updateServerDate.func1"))
}

// world is a region, us, that has lost its database, and two donors behind real links:
// eu, which is asked first, and ap.
type world struct {
	links    *links.Network
	tracker  *position.Tracker
	writer   *memory
	seeder   *seed.Seeder
	registry *prometheus.Registry
	log      *logtest.Log
}

// begin starts the world, and the seeder.
func begin(t *testing.T, cfg seed.Config, eu, ap give) *world {
	t.Helper()
	w := &world{registry: prometheus.NewRegistry(), log: new(logtest.Log)}
	topo := w.lay(t, map[string]give{"eu": eu, "ap": ap})
	w.tracker = position.New("us", "us-process", time.Now)
	w.tracker.Register("eu")
	w.tracker.Register("ap")
	w.writer = &memory{tracker: w.tracker}
	w.tracker.Advance(local(crdt.Vector{}))

	cfg.Region, cfg.Registerer, cfg.Logger = "us", w.registry, slog.New(slog.NewTextHandler(w.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	cfg.Address = func(name string) string { return topo.Address("us", name, topology.HTTP) }
	cfg.Every, cfg.RetryMin, cfg.RetryMax = 10*time.Millisecond, 20*time.Millisecond, 80*time.Millisecond
	var err error
	if w.seeder, err = seed.New(cfg, w.tracker, w.writer); err != nil {
		t.Fatal(err)
	}
	w.run(t)
	return w
}

// lay starts the donors' servers, and the links to them.
func (w *world) lay(t *testing.T, donors map[string]give) *topology.Topology {
	t.Helper()
	const nobody = "127.0.0.1:1"
	topo := &topology.Topology{
		RTT:     map[string]time.Duration{"us-eu": time.Millisecond, "us-ap": time.Millisecond, "eu-ap": time.Millisecond},
		Handles: topology.Handles{Shards: 1, Owners: map[string]string{"us": "0-0"}},
		Links:   topology.Links{API: "127.0.0.1:0", Listeners: map[string]string{}},
		Regions: []topology.Region{{Name: "us", HTTP: nobody, NATS: nobody}},
	}
	listeners := map[string]net.Listener{}
	for name := range donors {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		listeners[name] = l
		topo.Regions = append(topo.Regions, topology.Region{Name: name, HTTP: l.Addr().String(), NATS: nobody})
	}
	for _, l := range topo.AllLinks() {
		topo.Links.Listeners[l.Name()] = "127.0.0.1:0"
	}
	for name, give := range donors {
		serve(t, listeners[name], topo, name, give)
	}
	server, err := links.Serve(t.Context(), topo)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Close() })
	w.links = links.Open(server.Topology())
	return server.Topology()
}

// run lets the peers report, and the seeder run, until the test ends.
func (w *world) run(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	var running sync.WaitGroup
	running.Go(func() {
		tick := time.NewTicker(50 * time.Millisecond)
		defer tick.Stop()
		for ctx.Err() == nil {
			w.tracker.Observe(report("eu", true))
			w.tracker.Observe(report("ap", false))
			w.tracker.Ready()
			<-tick.C
		}
	})
	running.Go(func() {
		if err := w.seeder.Run(ctx); err != nil {
			t.Error(err)
		}
	})
	t.Cleanup(func() {
		stop()
		running.Wait()
	})
}

var (
	us  = crdt.Origin{Region: "us", Epoch: 1} // lost
	us2 = crdt.Origin{Region: "us", Epoch: 2}
	eu  = crdt.Origin{Region: "eu", Epoch: 1}
	ap  = crdt.Origin{Region: "ap", Epoch: 1}

	// all is what eu and ap have applied.
	all = crdt.Vector{us: 5, eu: 10, ap: 10}
)

func local(applied crdt.Vector) *position.Local {
	applied = applied.Clone()
	applied[us2] = 0
	return &position.Local{Origin: us2, Stored: applied, Applied: applied, Ordinals: applied}
}

// report is what a peer says that is ready, or is not.
func report(from string, ready bool) region.Report {
	now := time.Now()
	return region.Report{
		Origin: crdt.Origin{Region: from, Epoch: 1}, Instance: from, Head: region.Head{Seq: 10, Ordinal: 10},
		Stored: all, Applied: all, Ordinals: all, Ready: ready, SentAt: now,
		Echoes: map[string]region.Echo{"us": {Instance: "us-process", SentAt: now, ReceivedAt: now}},
	}
}

// memory is a writer that keeps what it joined, all of it or nothing.
type memory struct {
	tracker *position.Tracker

	mu    sync.Mutex
	joins []joined
}

type joined struct {
	donor   string
	rows    []state.Row
	entries []uint64
}

func (m *memory) Join(ctx context.Context, s *snapshot.Reader) error {
	j := joined{donor: s.Header.Donor}
	for row, err := range s.Rows() {
		if err != nil {
			return err
		}
		j.rows = append(j.rows, row)
	}
	for e, err := range s.Waiting() {
		if err != nil {
			return err
		}
		j.entries = append(j.entries, e.Seq)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.joins = append(m.joins, j)
	m.tracker.Advance(local(s.Header.Vector()))
	return nil
}

func (m *memory) joined() []joined {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.joins
}

// metrics is the page of them.
func (w *world) metrics() string {
	page := httptest.NewRecorder()
	promhttp.HandlerFor(w.registry, promhttp.HandlerOpts{}).ServeHTTP(page, httptest.NewRequest("GET", "/metrics", nil))
	return page.Body.String()
}

// eventually polls until check returns "".
func eventually(t *testing.T, check func() string) {
	t.Helper()
	poll := time.NewTicker(5 * time.Millisecond)
	defer poll.Stop()
	deadline := time.Now().Add(20 * time.Second)
	for {
		problem := check()
		if problem == "" {
			return
		}
		if time.Now().After(deadline) {
			t.Fatal(problem)
		}
		<-poll.C
	}
}
