package applier_test

import (
	"context"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/goleak"

	"pangea/applier"
	"pangea/chaos/links"
	"pangea/crdt"
	"pangea/lab/logtest"
	"pangea/region"
	"pangea/region/position"
	"pangea/region/stream"
	"pangea/region/topology"
)

// A cut of a busy connection leaves some of toxiproxy's goroutines blocked.
func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m,
		goleak.IgnoreAnyFunction("github.com/Shopify/toxiproxy/v2/toxics.(*ToxicStub).Run"),
		goleak.IgnoreAnyFunction("github.com/Shopify/toxiproxy/v2.(*ToxicLink).read"))
}

var us = crdt.Origin{Region: "us", Epoch: 1}

// world is us with its stream and its /log, and eu that reads it, with the links between
// them.
type world struct {
	cfg    stream.Config
	server *stream.Server
	log    *stream.Log
	us     *history
	usHTTP *logServer
	topo   *topology.Topology
	links  *links.Network

	sink   *sink
	reg    *prometheus.Registry
	logged *logtest.Log
	stop   func() // of the reader
}

func newWorld(t testing.TB, rtt time.Duration) *world {
	t.Helper()
	w := &world{us: newHistory(us, ""), sink: newSink()}
	w.cfg = stream.Config{
		Region: "us", Listen: "127.0.0.1:0", StoreDir: t.TempDir(), StreamBytes: 64 << 20, Logger: slog.New(slog.DiscardHandler),
	}
	w.serve(t)
	w.cfg.Listen = w.server.Address() // the same one after a restart
	w.usHTTP = newLogServer(t, w.us)
	w.lay(t, rtt)
	w.recreate(t, 1)
	return w
}

func (w *world) serve(t testing.TB) {
	t.Helper()
	var err error
	if w.server, err = stream.Serve(w.cfg); err != nil {
		t.Fatal(err)
	}
	server := w.server
	t.Cleanup(func() { _ = server.Close() })
	if w.log, err = w.server.Log(us); err != nil {
		t.Fatal(err)
	}
}

func (w *world) lay(t testing.TB, rtt time.Duration) {
	t.Helper()
	topo := &topology.Topology{
		Regions: []topology.Region{
			{Name: "us", NATS: w.server.Address(), HTTP: w.usHTTP.address()},
			{Name: "eu", NATS: "127.0.0.1:1", HTTP: "127.0.0.1:1"},
		},
		RTT:   map[string]time.Duration{"us-eu": rtt},
		Links: topology.Links{API: "127.0.0.1:0", Listeners: map[string]string{}},
	}
	for _, l := range topo.AllLinks() {
		topo.Links.Listeners[l.Name()] = "127.0.0.1:0"
	}
	s, err := links.Serve(t.Context(), topo)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	w.topo = s.Topology()
	w.links = links.Open(w.topo)
}

// remake makes an empty stream. The server may still be about the files of the one before,
// and refuse once; the shipper tries again too.
func remake(t testing.TB, log *stream.Log, first uint64) {
	t.Helper()
	eventually(t, "the stream is made anew", func() bool {
		err := log.Recreate(t.Context(), first)
		if err != nil {
			t.Log(err)
		}
		return err == nil
	})
}

// recreate makes an empty stream that may be read at once.
func (w *world) recreate(t testing.TB, first uint64) {
	t.Helper()
	remake(t, w.log, first)
	if err := w.log.Offer(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// publish commits n entries and publishes them, as the shipper would.
func (w *world) publish(t testing.TB, n int) {
	t.Helper()
	if err := w.log.Publish(context.Background(), w.us.commit(n)); err != nil {
		t.Fatal(err)
	}
}

// read runs an applier in eu until stop, or until it is called again.
func (w *world) read(t testing.TB, change func(*applier.Config)) (stop func()) {
	t.Helper()
	if w.stop != nil {
		w.stop()
	}
	w.reg, w.logged = prometheus.NewRegistry(), &logtest.Log{}
	log := slog.New(slog.NewTextHandler(w.logged, nil))
	peer, err := stream.Dial(stream.PeerConfig{Self: "eu", Name: "us", Address: w.topo.Address("eu", "us", topology.NATS), Logger: log})
	if err != nil {
		t.Fatal(err)
	}
	cfg := applier.Config{
		Peer: "us", Logger: log, RetryMin: 10 * time.Millisecond, RetryMax: 200 * time.Millisecond,
		RetryStopped: 300 * time.Millisecond, QuietAfter: stream.Quiet,
		Address: func(name string) string { return w.topo.Address("eu", name, topology.HTTP) },
	}
	tracker := position.New("eu", "eu", time.Now)
	tracker.Register("us")
	cfg.Head = tracker.Head
	if change != nil {
		change(&cfg)
	}
	a, err := applier.New(cfg, peer, w.sink, w.reg)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() {
		if err := a.Run(ctx); err != nil {
			t.Errorf("Run: %v", err)
		}
	})
	running.Go(func() { w.report(ctx, tracker) })
	stop = sync.OnceFunc(func() {
		cancel()
		running.Wait()
		peer.Close()
	})
	w.stop = stop
	t.Cleanup(stop)
	return stop
}

// report says each 5 ms how long us's log is, whatever its stream holds.
func (w *world) report(ctx context.Context, to *position.Tracker) {
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for ; ctx.Err() == nil; <-tick.C {
		to.Observe(region.Report{Origin: w.us.origin, Head: region.Head{Seq: w.us.head()}})
	}
}

// awaitAll waits until all of us's log is stored.
func (w *world) awaitAll(t testing.TB) {
	t.Helper()
	w.sink.await(t, w.us)
}

func (w *world) value(t testing.TB, name string, labels ...string) float64 {
	t.Helper()
	return value(t, w.reg, name, labels...)
}

// value is that of a series of pangea's.
func value(t testing.TB, reg *prometheus.Registry, name string, labels ...string) float64 {
	t.Helper()
	families, err := reg.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range families {
		for _, m := range f.GetMetric() {
			have := ""
			for _, l := range m.GetLabel() {
				have += l.GetValue() + " "
			}
			if f.GetName() == "pangea_"+name && strings.Contains(have, strings.Join(labels, " ")) {
				return m.GetCounter().GetValue() + m.GetGauge().GetValue()
			}
		}
	}
	t.Fatalf("no metric %s %v", name, labels)
	return 0
}

func eventually(t testing.TB, what string, ok func() bool) {
	t.Helper()
	deadline := time.After(30 * time.Second)
	for !ok() {
		select {
		case <-deadline:
			t.Fatalf("not within 30 s: %s", what)
		case <-time.After(2 * time.Millisecond):
		}
	}
}
