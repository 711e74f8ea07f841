package router

import (
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/prometheus/client_golang/prometheus/testutil"
)

// New requests go elsewhere at once, and demand what clients were shown there (I13); the
// one under way is answered by the drained region.
func TestDrain_RequestsUnderWayFinishAndNewOnesGoElsewhere(t *testing.T) {
	s := newStage(t)
	keepLog(s, "us", "us=7")
	euLog := keepLog(s, "eu", "us=7")
	s.servedBy(s.do("GET", "/counter/a", ""), "us")
	arrived, finish := make(chan struct{}, 9), make(chan struct{})
	release := sync.OnceFunc(func() { close(finish) })
	defer release()
	answer := s.region["us"].handler
	s.region["us"].set(func(a *actor) {
		a.handler = func(w http.ResponseWriter, r *http.Request) {
			arrived <- struct{}{}
			<-finish
			answer(w, r)
		}
	})
	late := make(chan reply, 1)
	go func() { late <- s.do("POST", "/counter/a/incr", "") }()
	<-arrived

	got := s.do("POST", "/router/drain/us", "")
	if got.status != 200 || !strings.Contains(got.body, `"drained":true,"requests_under_way":1`) {
		t.Fatalf("drain: %d %s", got.status, got.body)
	}
	asked := s.region["us"].served.Load()
	for range 3 {
		s.servedBy(s.do("POST", "/counter/a/incr", ""), "eu")
	}
	if got := s.region["us"].served.Load(); got != asked {
		t.Errorf("us was asked %d times after its drain", got-asked)
	}
	if got, want := euLog.demands[0], "us=7"; got != want {
		t.Errorf("the first request elsewhere demanded %q, want %q", got, want)
	}
	release()
	s.servedBy(<-late, "us")
	s.until("nothing is under way", func() bool { return s.regionStatus("us").UnderWay == 0 })

	s.region["us"].set(func(a *actor) { a.handler = answer })
	if got := s.do("DELETE", "/router/drain/us", ""); got.status != 200 {
		t.Fatalf("end of the drain: %d %s", got.status, got.body)
	}
	s.servedBy(s.do("GET", "/counter/a", ""), "us")
	m := s.router.metrics
	if drains, returns := testutil.ToFloat64(m.moves[drain]), testutil.ToFloat64(m.moves[failback]); drains != 1 || returns != 1 {
		t.Errorf("%v moves away by drains and %v back, want one each", drains, returns)
	}
}

func TestDrain_IsShown(t *testing.T) {
	s := newStage(t)
	for _, c := range []struct {
		method string
		want   float64
	}{{"POST", 1}, {"POST", 1}, {"DELETE", 0}, {"DELETE", 0}} { // a repeat changes nothing
		if got := s.do(c.method, "/router/drain/eu", ""); got.status != 200 {
			t.Fatalf("%s: %d %s", c.method, got.status, got.body)
		}
		if got := s.regionStatus("eu").Drained; got != (c.want == 1) {
			t.Errorf("after %s the status says drained %v", c.method, got)
		}
		if got := testutil.ToFloat64(s.router.metrics.drained[1]); got != c.want {
			t.Errorf("after %s the metric is %v, want %v", c.method, got, c.want)
		}
	}
}

// A drain is a wish: it never makes a request fail that the region could answer.
func TestDrain_ADrainedRegionServesRatherThanNone(t *testing.T) {
	s := newStage(t)
	keepLog(s, "us", "us=9")
	for _, name := range []string{"eu", "ap"} {
		keepLog(s, name, "us=8") // behind what clients have seen
	}
	s.servedBy(s.do("GET", "/counter/a", ""), "us")
	if got := s.do("POST", "/router/drain/us", ""); got.status != 200 {
		t.Fatalf("drain: %d %s", got.status, got.body)
	}
	for range 2 { // each calls one move off
		s.do("GET", "/counter/a", "")
	}
	s.servedBy(s.do("GET", "/counter/a", ""), "us")
	for _, name := range []string{"eu", "ap"} {
		s.region[name].set(func(a *actor) { a.ready = false })
	}
	s.until("us is current", func() bool { return s.current() == "us" })
	s.servedBy(s.do("GET", "/counter/a", ""), "us")
}

func TestDrain_OfTheLastRegionIsRefused(t *testing.T) {
	s := newStage(t)
	s.region["ap"].set(func(a *actor) { a.ready = false })
	s.until("ap is not ready", func() bool { return !s.regionStatus("ap").Ready })
	if got := s.do("POST", "/router/drain/eu", ""); got.status != 200 {
		t.Fatalf("drain of eu: %d %s", got.status, got.body)
	}
	got := s.do("POST", "/router/drain/us", "")
	s.problem(got, 409, "last-region")
	if !strings.Contains(got.body, "No other region can take the clients of us") || s.regionStatus("us").Drained {
		t.Errorf("us drained: %v, and it says %s", s.regionStatus("us").Drained, got.body)
	}
	if got := s.do("POST", "/router/drain/eu", ""); got.status != 200 {
		t.Errorf("drain of eu again: %d %s", got.status, got.body)
	}
	s.servedBy(s.do("GET", "/counter/a", ""), "us")
}

func TestDrain_Refusals(t *testing.T) {
	s := newStage(t)
	s.problem(s.do("POST", "/router/drain/mars", ""), 404, "no-region")
	got := s.do("GET", "/router/drain/eu", "")
	s.problem(got, 405, "wrong-method")
	if got := got.header.Get("Allow"); got != "POST, DELETE" {
		t.Errorf("Allow is %q", got)
	}
	for _, header := range [][]string{{"Sec-Fetch-Site", "cross-site"}, {"Origin", "https://elsewhere.example"}} {
		for _, method := range []string{"POST", "DELETE"} {
			s.problem(s.do(method, "/router/drain/eu", "", header...), 403, "cross-origin")
		}
	}
	if s.regionStatus("eu").Drained {
		t.Error("a refused request drained eu")
	}
}

func (s *stage) regionStatus(name string) regionStatus {
	s.t.Helper()
	for _, r := range s.router.world.status().Regions {
		if r.Region == name {
			return r
		}
	}
	s.t.Fatal("no region " + name)
	return regionStatus{}
}
