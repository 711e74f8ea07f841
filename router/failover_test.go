package router

import (
	"net"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"

	"pangea/region/topology"
)

func TestFailover_RefusedGoesToTheNextRegionAtOnce(t *testing.T) {
	s := newStage(t, func(c *Config) { c.CheckInterval = time.Hour })
	s.region["us"].server.Close()
	for _, method := range []string{"POST", "GET"} {
		s.servedBy(s.do(method, "/counter/a", ""), "eu")
	}
	if got := s.current(); got != "eu" {
		t.Errorf("clients are at %s, want eu", got)
	}
}

func TestFailover_NotReadyGoesToTheNextRegionAtOnce(t *testing.T) {
	s := newStage(t, func(c *Config) { c.CheckInterval = time.Hour })
	for _, name := range []string{"us", "eu"} {
		s.region[name].set(func(a *actor) {
			a.handler = func(w http.ResponseWriter, _ *http.Request) { sendProblem(w, 503, "not-ready", "Wait.") }
		})
	}
	s.servedBy(s.do("POST", "/counter/a/incr", ""), "ap")
	if got := s.current(); got != "ap" {
		t.Errorf("clients are at %s, want ap", got)
	}
}

func TestFailover_SilenceIsNoticedWithinSeconds(t *testing.T) {
	s := newStage(t, func(c *Config) { c.CheckInterval, c.CheckSlack = 0, 0 }) // the defaults
	s.servedBy(s.do("GET", "/profile/a", ""), "us")
	s.region["us"].set(func(a *actor) { a.silent = true })
	begun := time.Now()
	s.servedBy(s.do("GET", "/profile/a", ""), "eu") // under way when the silence begins
	if took := time.Since(begun); took > 5*time.Second {
		t.Errorf("the read took %v, want about a second", took)
	}
	s.servedBy(s.do("POST", "/counter/a/incr", ""), "eu")
}

func TestFailover_BrokenConnectionIsFollowedUpAtOnce(t *testing.T) {
	s := newStage(t, func(c *Config) { c.CheckInterval = time.Hour })
	s.servedBy(s.do("GET", "/profile/a", ""), "us")
	s.region["us"].set(func(a *actor) { a.cut = true })
	s.problem(s.do("POST", "/counter/a/incr", ""), 504, "unknown-outcome")
	s.until("eu is current", func() bool { return s.current() == "eu" })
	s.servedBy(s.do("POST", "/counter/a/incr", ""), "eu")
}

func TestFailover_ComesBackWhenTheNearerRegionIsReadyAgain(t *testing.T) {
	s := newStage(t)
	s.region["us"].set(func(a *actor) { a.ready = false })
	s.until("eu is current", func() bool { return s.current() == "eu" })
	s.servedBy(s.do("GET", "/profile/a", ""), "eu")
	s.region["us"].set(func(a *actor) { a.ready = true })
	s.until("us is current", func() bool { return s.current() == "us" })
	s.servedBy(s.do("GET", "/profile/a", ""), "us")
}

func TestFailover_NoRegionReady(t *testing.T) {
	s := newStage(t)
	chosen := func(first, again float64) {
		t.Helper()
		m := s.router.metrics
		if f, a := testutil.ToFloat64(m.moves[start]), testutil.ToFloat64(m.moves[regained]); f != first || a != again {
			t.Errorf("%v moves are the first choice and %v a region again, want %v and %v", f, a, first, again)
		}
	}
	chosen(1, 0)
	for _, a := range s.region {
		a.set(func(a *actor) { a.ready = false })
	}
	s.until("none is current", func() bool { return s.current() == "none" })
	got := s.do("POST", "/counter/a/incr", "")
	s.problem(got, 503, "no-region-ready")
	if got.header.Get("Retry-After") == "" {
		t.Error("no Retry-After")
	}
	for name := range s.region {
		if !strings.Contains(got.body, name+" answers 503: Waiting for eu") {
			t.Errorf("%s is not explained: %s", name, got.body)
		}
	}
	s.region["ap"].set(func(a *actor) { a.ready = true })
	s.until("ap is current", func() bool { return s.current() == "ap" })
	s.servedBy(s.do("GET", "/profile/a", ""), "ap")
	chosen(1, 1)
}

func TestRepeat_ByOutcome(t *testing.T) {
	answer := func(status int, name string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) { sendProblem(w, status, name, "us says so.") }
	}
	hangUp := func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }
	halfAnswer := func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "10")
		_, _ = w.Write([]byte("half"))
		_ = http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler)
	}
	for name, c := range map[string]struct {
		us          http.HandlerFunc
		reads       string // served by
		writeStatus int    // 200 is served by eu
		writeName   string
	}{
		"503":         {answer(503, "unavailable"), "eu", 200, ""},
		"504":         {answer(504, "not-acknowledged"), "eu", 504, "not-acknowledged"},
		"hang up":     {hangUp, "eu", 504, "unknown-outcome"},
		"half answer": {halfAnswer, "eu", 504, "unknown-outcome"},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStage(t)
			s.region["us"].set(func(a *actor) { a.handler = c.us })
			s.servedBy(s.do("GET", "/counter/a", ""), c.reads)
			for _, header := range []string{"X-Other", "Idempotency-Key"} { // a key is good for one region
				asked := s.region["eu"].served.Load()
				got := s.do("POST", "/counter/a/incr", "", header, "1")
				if c.writeStatus == 200 {
					s.servedBy(got, "eu")
					continue
				}
				s.problem(got, c.writeStatus, c.writeName)
				if n := s.region["eu"].served.Load(); n != asked {
					t.Errorf("eu was asked to repeat a write that may stand")
				}
			}
			if got := s.current(); got != "us" {
				t.Errorf("clients were moved to %s by one answer", got)
			}
		})
	}
}

func TestRepeat_A503IsRepeatedOnce(t *testing.T) {
	s := newStage(t)
	for name, a := range s.region {
		a.set(func(a *actor) {
			a.handler = func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Retry-After", "7")
				sendProblem(w, 503, "owner-away", name+" says so.")
			}
		})
	}
	got := s.do("PUT", "/handle/a", `{"claimant":"user:1"}`)
	s.problem(got, 503, "owner-away")
	if !strings.Contains(got.body, "us says so") || got.header.Get("Retry-After") != "7" {
		t.Errorf("got %v %s, want the nearest region's own words", got.header, got.body)
	}
	if n := s.region["ap"].served.Load(); n != 0 {
		t.Errorf("ap was asked %d times", n)
	}
}

// A kept connection ends when the write is on it, and then no other can be made: that
// says nothing about the write, which has been sent.
func TestRepeat_RefusedIsNotBelievedAfterTheWriteWasSent(t *testing.T) {
	s := newStage(t)
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	go func() {
		check, err := ln.Accept()
		if err != nil {
			return
		}
		go answerThen(check, func() {})
		if write, err := ln.Accept(); err == nil {
			answerThen(write, func() { ln.Close() })
		}
	}()
	us := slices.IndexFunc(s.top.Regions, func(r topology.Region) bool { return r.Name == "us" })
	s.top.Regions[us].HTTP = ln.Addr().String()
	s.reg = prometheus.NewRegistry()
	s.start(Config{Region: "us", CheckInterval: time.Hour})
	if got := s.do("POST", "/counter/a/incr", "", "Idempotency-Key", "k"); got.status != 200 {
		t.Fatalf("first write: %+v", got)
	}
	s.problem(s.do("POST", "/counter/a/incr", "", "Idempotency-Key", "k"), 504, "unknown-outcome")
	if n := s.region["eu"].served.Load(); n != 0 {
		t.Errorf("eu applied the write again")
	}
}

// answerThen answers one request on conn, and ends it when there is another.
func answerThen(conn net.Conn, end func()) {
	defer conn.Close()
	defer end()
	buf := make([]byte, 4096)
	if _, err := conn.Read(buf); err == nil {
		_, _ = conn.Write([]byte("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"))
		_, _ = conn.Read(buf)
	}
}

func TestWorld_OrdersRegionsByDistance(t *testing.T) {
	top := &topology.Topology{
		Regions: []topology.Region{{Name: "us", HTTP: "us"}, {Name: "eu", HTTP: "eu"}, {Name: "ap", HTTP: "ap"}},
		RTT:     map[string]time.Duration{"us-eu": 80, "us-ap": 150, "eu-ap": 120},
		Links:   topology.Links{Listeners: map[string]string{"ap_eu_http": "ap to eu", "ap_us_http": "ap to us"}},
	}
	var got []string
	for _, r := range newWorld(Config{Region: "ap"}.withDefaults(), top).regions {
		got = append(got, r.addr)
	}
	if want := "ap, ap to eu, ap to us"; strings.Join(got, ", ") != want {
		t.Errorf("reaches %v, want %s", got, want)
	}
}
