package applier_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/goleak"

	"pangea/applier"
	"pangea/chaos/links"
	"pangea/crdt"
	"pangea/region"
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

// world is us with its stream and its /log, eu that reads it, and ap that may hold
// it too, with the links between them.
type world struct {
	cfg    stream.Config
	server *stream.Server
	log    *stream.Log
	us     *history
	usHTTP *logServer
	apHTTP *logServer
	topo   *topology.Topology
	links  *links.Network

	sink    *sink
	holders *holders
	reg     *prometheus.Registry
	logged  *lockedBuffer
	stop    func() // of the reader
}

func newWorld(t testing.TB, rtt time.Duration) *world {
	t.Helper()
	w := &world{us: newHistory(""), sink: &sink{}, holders: &holders{}}
	w.cfg = stream.Config{
		Region: "us", Listen: "127.0.0.1:0", StoreDir: t.TempDir(), StreamBytes: 64 << 20, Logger: slog.New(slog.DiscardHandler),
	}
	w.serve(t)
	w.cfg.Listen = w.server.Address() // the same one after a restart
	w.usHTTP, w.apHTTP = newLogServer(t, w.us), newLogServer(t, w.us)
	w.lay(t, rtt)
	if err := w.log.Recreate(t.Context(), 1); err != nil {
		t.Fatal(err)
	}
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
			{Name: "ap", NATS: "127.0.0.1:1", HTTP: w.apHTTP.address()},
		},
		RTT:   map[string]time.Duration{"us-eu": rtt, "us-ap": rtt, "eu-ap": rtt},
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
	w.reg, w.logged = prometheus.NewRegistry(), &lockedBuffer{}
	log := slog.New(slog.NewTextHandler(w.logged, nil))
	peer, err := stream.Dial(stream.PeerConfig{Self: "eu", Name: "us", Address: w.topo.Address("eu", "us", topology.NATS), Logger: log})
	if err != nil {
		t.Fatal(err)
	}
	cfg := applier.Config{
		Peer: "us", Logger: log, RetryMin: 10 * time.Millisecond, RetryMax: 200 * time.Millisecond,
		RetryStopped: 300 * time.Millisecond, RelayEvery: 20 * time.Millisecond, QuietAfter: stream.Quiet,
		Address: func(name string) string { return w.topo.Address("eu", name, topology.HTTP) },
	}
	if change != nil {
		change(&cfg)
	}
	a, err := applier.New(cfg, peer, w.sink, w.holders, w.reg)
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
	stop = sync.OnceFunc(func() {
		cancel()
		running.Wait()
		peer.Close()
	})
	w.stop = stop
	t.Cleanup(stop)
	return stop
}

// awaitAll waits until all of us's log is delivered; that it was delivered in order
// and once is what the sink insists on.
func (w *world) awaitAll(t testing.TB) {
	t.Helper()
	want := w.us.head()
	eventually(t, fmt.Sprintf("all %d entries are stored", want), func() bool {
		seq, _ := w.sink.Stored(us)
		return seq == want
	})
	w.sink.mu.Lock()
	defer w.sink.mu.Unlock()
	if w.sink.broken != "" {
		t.Error(w.sink.broken)
	}
}

func (w *world) value(t testing.TB, name string, labels ...string) float64 {
	t.Helper()
	families, err := w.reg.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range families {
		for _, m := range f.GetMetric() {
			have := ""
			for _, l := range m.GetLabel() {
				have += l.GetValue() + " "
			}
			if f.GetName() == "pangea_applier_"+name && strings.Contains(have, strings.Join(labels, " ")) {
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

// lockedBuffer is a log that may be read while it is written.
type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

// history is the log of us in memory.
type history struct {
	salt string

	mu      sync.Mutex
	entries []region.Entry
}

func newHistory(salt string) *history { return &history{salt: salt} }

func (h *history) commit(n int) []region.Record {
	h.mu.Lock()
	defer h.mu.Unlock()
	var out []region.Record
	for range n {
		var prev region.Checksum
		if last := len(h.entries); last > 0 {
			prev = h.entries[last-1].Checksum
		}
		seq := uint64(len(h.entries)) + 1
		e := region.Entry{Origin: us, Seq: seq, FirstOrdinal: seq, Events: []region.Event{
			{Kind: region.ProfilePut, Key: "k", Value: h.salt + strings.Repeat("x", 200)},
		}}
		e.Encode(nil, prev)
		h.entries = append(h.entries, e)
		out = append(out, region.Record{Seq: seq, Payload: e.Payload})
	}
	return out
}

func (h *history) head() uint64 {
	h.mu.Lock()
	defer h.mu.Unlock()
	return uint64(len(h.entries))
}

func (h *history) after(seq uint64, n int) []region.Entry {
	h.mu.Lock()
	defer h.mu.Unlock()
	seq = min(seq, uint64(len(h.entries)))
	return h.entries[seq:min(int(seq)+n, len(h.entries))]
}

// logServer answers GET /log/us from a history, a hundred entries a page.
type logServer struct {
	*httptest.Server
	history *history

	mu    sync.Mutex
	gaps  []uint64 // entries that were asked for with gap=1
	early uint64   // how many entries too early a page begins
	spoil func(seq uint64, payload []byte) []byte
}

func newLogServer(t testing.TB, h *history) *logServer {
	s := &logServer{history: h}
	s.Server = httptest.NewServer(s)
	t.Cleanup(s.Close)
	return s
}

func (s *logServer) address() string { return s.Listener.Addr().String() }

func (s *logServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var epoch, seq uint64
	if _, err := fmt.Sscanf(r.URL.Query().Get("from"), "%d.%d", &epoch, &seq); err != nil || r.URL.Path != "/log/us" || epoch != 1 {
		http.Error(w, "what log is "+r.URL.String()+"?", http.StatusNotFound)
		return
	}
	if r.URL.Query().Get("gap") == "1" {
		s.gaps = append(s.gaps, seq)
	}
	for _, e := range s.history.after(seq-1-min(seq-1, s.early), 100) {
		payload := e.Payload
		if s.spoil != nil {
			payload = s.spoil(e.Seq, payload)
		}
		if err := region.WriteFrame(w, payload); err != nil {
			return
		}
	}
}

func (s *logServer) gapsAsked() []uint64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]uint64(nil), s.gaps...)
}

// sink is a database of us's log that breaks at whatever is not its continuation.
type sink struct {
	mu     sync.Mutex
	seq    uint64
	sum    region.Checksum
	broken string
	calls  int
	failOn func(call int) bool // such a call stores half and fails
}

func (s *sink) Stored(crdt.Origin) (uint64, region.Checksum) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.seq, s.sum
}

func (s *sink) Deliver(_ context.Context, entries []*region.Entry) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls++
	fail := s.failOn != nil && s.failOn(s.calls)
	if fail {
		entries = entries[:len(entries)/2]
	}
	for _, e := range entries {
		if e.Seq != s.seq+1 || !e.Follows(s.sum) {
			s.broken = fmt.Sprintf("entry %d was delivered after %d", e.Seq, s.seq)
		}
		s.seq, s.sum = e.Seq, e.Checksum
	}
	if fail {
		return errors.New("the database is away")
	}
	return nil
}

// holders knows of one holder of us's log, once us counts as silent.
type holders struct {
	mu     sync.Mutex
	silent time.Duration
	holder string
	stored func() uint64
}

func (h *holders) Silent(string) time.Duration {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.silent
}

func (h *holders) Origins(string) []crdt.Origin { return []crdt.Origin{us} }

func (h *holders) Holder(_ crdt.Origin, above uint64) (string, bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.holder, h.holder != "" && h.stored() > above
}

func (h *holders) set(silent time.Duration, holder string, stored func() uint64) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.silent, h.holder, h.stored = silent, holder, stored
}
