package router

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/goleak"

	"pangea/region/topology"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// actor plays a region: a real HTTP server whose readiness and behaviour a test sets.
type actor struct {
	server *httptest.Server
	served atomic.Int64 // requests, checks not counted

	mu      sync.Mutex
	ready   bool
	silent  bool          // takes requests and never answers
	cut     bool          // takes requests and hangs up, like a link whose far end is gone
	late    time.Duration // takes so long to answer a check
	handler http.HandlerFunc
}

func (a *actor) set(change func(*actor)) {
	a.mu.Lock()
	defer a.mu.Unlock()
	change(a)
}

func (a *actor) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	a.mu.Lock()
	ready, silent, cut, late, handler := a.ready, a.silent, a.cut, a.late, a.handler
	a.mu.Unlock()
	_, _ = io.Copy(io.Discard, r.Body)
	switch {
	case cut:
		panic(http.ErrAbortHandler)
	case silent:
		<-r.Context().Done()
	case r.URL.Path == "/readyz" && !ready:
		sendProblem(w, 503, "not-ready", "Waiting for eu.")
	case r.URL.Path == "/readyz":
		<-time.After(late)
	default:
		a.served.Add(1)
		handler(w, r)
	}
}

func sendProblem(w http.ResponseWriter, status int, name, detail string) {
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(status)
	fmt.Fprintf(w, `{"status":%d,"type":"/problems/%s","detail":%q}`, status, name, detail)
}

// stage is a world of three such regions and the router of us, which prefers us, eu, ap.
type stage struct {
	t      *testing.T
	region map[string]*actor
	router *Router
	url    string
	top    *topology.Topology
	reg    *prometheus.Registry
	stop   context.CancelFunc
}

func newStage(t *testing.T, adjust ...func(*Config)) *stage {
	t.Helper()
	s := &stage{t: t, region: map[string]*actor{}, reg: prometheus.NewRegistry()}
	top := &topology.Topology{RTT: map[string]time.Duration{
		"us-eu": 80 * time.Millisecond, "us-ap": 150 * time.Millisecond, "eu-ap": 120 * time.Millisecond,
	}}
	for _, name := range []string{"ap", "eu", "us"} {
		a := &actor{ready: true, handler: func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("X-Served-By", name)
		}}
		a.server = httptest.NewServer(a)
		t.Cleanup(a.server.Close)
		s.region[name] = a
		top.Regions = append(top.Regions, topology.Region{Name: name, HTTP: a.server.Listener.Addr().String()})
	}
	cfg := Config{Region: "us", CheckInterval: 20 * time.Millisecond, CheckSlack: 5 * time.Second, Hold: time.Minute}
	for _, f := range adjust {
		f(&cfg)
	}
	s.top = top
	s.start(cfg)
	return s
}

func (s *stage) start(cfg Config) {
	s.t.Helper()
	r, err := New(cfg, s.top, s.reg)
	if err != nil {
		s.t.Fatal(err)
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		s.t.Fatal(err)
	}
	s.router, s.url = r, "http://"+ln.Addr().String()
	ctx, cancel := context.WithCancel(context.Background())
	s.stop = cancel
	done := make(chan error, 1)
	go func() { done <- r.Run(ctx, ln) }()
	s.t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			s.t.Errorf("Run: %v", err)
		}
	})
	s.do("GET", "/healthz", "") // answered after the first checks
}

type reply struct {
	status          int
	header, trailer http.Header
	body            string
	err             error
}

// do sends one request on a connection of its own.
func (s *stage) do(method, path, body string, header ...string) reply {
	req, err := http.NewRequestWithContext(s.t.Context(), method, s.url+path, strings.NewReader(body))
	if err != nil {
		return reply{err: err}
	}
	for i := 0; i < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	req.Close = true
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return reply{err: err}
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	return reply{status: resp.StatusCode, header: resp.Header, trailer: resp.Trailer, body: string(text), err: err}
}

// servedBy fails the test unless the answer is a 200 of that region.
func (s *stage) servedBy(r reply, region string) {
	s.t.Helper()
	if got := r.header.Get("X-Served-By"); r.err != nil || r.status != 200 || got != region {
		s.t.Fatalf("served by %q with %d %s (%v), want 200 from %s", got, r.status, r.body, r.err, region)
	}
}

// problem fails the test unless the answer is that problem.
func (s *stage) problem(r reply, status int, name string) {
	s.t.Helper()
	if got := problemName([]byte(r.body)); r.status != status || got != name {
		s.t.Fatalf("got %d %q (%s, %v), want %d %s", r.status, got, r.body, r.err, status, name)
	}
}

func (s *stage) current() string { return s.router.world.status().Current }

// until polls for a condition that must come true.
func (s *stage) until(what string, condition func() bool) {
	s.t.Helper()
	deadline := time.NewTimer(10 * time.Second)
	tick := time.NewTicker(2 * time.Millisecond)
	defer deadline.Stop()
	defer tick.Stop()
	for !condition() {
		select {
		case <-tick.C:
		case <-deadline.C:
			s.t.Fatalf("never: %s; router: %+v", what, s.router.world.status())
		}
	}
}
