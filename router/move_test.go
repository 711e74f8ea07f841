package router

import (
	"fmt"
	"net/http"
	"sync"
	"testing"

	"pangea/crdt"
)

// log makes an actor answer like a region: with the vector it has applied, or
// not-caught-up if the request demands more.
type log struct {
	mu      sync.Mutex
	applied crdt.Vector
	demands []string // X-Min-Version-Vector, one per request
}

func keepLog(s *stage, name, vector string) *log {
	l := &log{}
	l.apply(s.t, vector)
	s.region[name].set(func(a *actor) {
		a.handler = func(w http.ResponseWriter, r *http.Request) {
			l.mu.Lock()
			defer l.mu.Unlock()
			l.demands = append(l.demands, r.Header.Get(minVersionVector))
			w.Header().Set("X-Served-By", name)
			if v, err := crdt.ParseVector(r.Header.Get(minVersionVector)); err != nil || !l.applied.Covers(v) {
				sendProblem(w, 503, "not-caught-up", name+" is behind.")
				return
			}
			w.Header().Set("X-Version-Vector", l.applied.String())
			fmt.Fprint(w, l.applied)
		}
	})
	return l
}

func (l *log) apply(t *testing.T, vector string) {
	t.Helper()
	v, err := crdt.ParseVector(vector)
	if err != nil {
		t.Fatal(err)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.applied = v
}

func (l *log) lastDemand() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.demands) == 0 {
		return "no request"
	}
	return l.demands[len(l.demands)-1]
}

// away brings the clients to eu, and has them read there what eu has.
func away(s *stage) {
	s.t.Helper()
	s.region["us"].set(func(a *actor) { a.ready = false })
	s.until("eu is current", func() bool { return s.current() == "eu" })
	s.servedBy(s.do("GET", "/counter/a", ""), "eu")
}

func back(s *stage) {
	s.t.Helper()
	s.region["us"].set(func(a *actor) { a.ready = true })
	s.until("us is current", func() bool { return s.current() == "us" })
}

func TestMove_FailbackDemandsWhatClientsSaw(t *testing.T) {
	s := newStage(t)
	usLog := keepLog(s, "us", "eu=9,us=3")
	keepLog(s, "eu", "eu=9,us=3")
	away(s)
	back(s)
	s.servedBy(s.do("GET", "/counter/a", "", minVersionVector, "us=3,ap=0"), "us")
	if got, want := usLog.lastDemand(), "ap=0,eu=9,us=3"; got != want {
		t.Errorf("the first request demanded %q, want %q, joined with the client's own", got, want)
	}
	s.servedBy(s.do("GET", "/counter/a", ""), "us")
	if got := usLog.lastDemand(); got != "" {
		t.Errorf("covered, but %q is still demanded", got)
	}
}

func TestMove_IsCalledOffWhenTheNearerRegionIsBehind(t *testing.T) {
	s := newStage(t)
	usLog := keepLog(s, "us", "eu=8")
	keepLog(s, "eu", "eu=9")
	away(s)
	back(s)
	s.servedBy(s.do("POST", "/counter/a/incr", ""), "eu") // no error, nothing stale
	if got, want := usLog.lastDemand(), "eu=9"; got != want {
		t.Errorf("demanded %q, want %q", got, want)
	}
	if got := s.current(); got != "eu" {
		t.Fatalf("clients are at %s, want eu again", got)
	}
	asked := s.region["us"].served.Load()
	s.servedBy(s.do("GET", "/counter/a", ""), "eu")
	if s.region["us"].served.Load() != asked {
		t.Error("us was asked again while it is held")
	}
	usLog.apply(t, "eu=9")
	s.router.world.mu.Lock()
	s.router.world.regions[0].heldUntil = s.router.world.regions[0].checked // the hold is over
	s.router.world.mu.Unlock()
	s.until("us is current", func() bool { return s.current() == "us" })
	s.servedBy(s.do("GET", "/counter/a", ""), "us")
}

func TestMove_FailoverDemandsNothing(t *testing.T) {
	s := newStage(t)
	keepLog(s, "us", "us=50")
	euLog := keepLog(s, "eu", "us=49")
	s.servedBy(s.do("GET", "/counter/a", ""), "us")
	s.region["us"].server.Close()
	s.servedBy(s.do("GET", "/counter/a", ""), "eu")
	if got := euLog.lastDemand(); got != "" {
		t.Errorf("demanded %q of a region whose last entries are lost", got)
	}
}

// An answer of the old region that is under way during the move shows its client
// more than the new region has covered by then.
func TestMove_AnswerUnderWayRaisesTheDemand(t *testing.T) {
	s := newStage(t)
	usLog := keepLog(s, "us", "eu=9")
	keepLog(s, "eu", "eu=9")
	away(s)
	arrived, finish := make(chan struct{}), make(chan struct{})
	s.region["eu"].set(func(a *actor) {
		a.handler = func(w http.ResponseWriter, _ *http.Request) {
			close(arrived)
			<-finish
			w.Header().Set("X-Version-Vector", "eu=10")
			w.Header().Set("X-Served-By", "eu")
		}
	})
	late := make(chan reply, 1)
	go func() { late <- s.do("POST", "/counter/a/incr", "") }()
	<-arrived
	back(s)
	s.servedBy(s.do("GET", "/counter/a", ""), "us") // covers eu=9: nothing is demanded any more
	close(finish)
	s.servedBy(<-late, "eu")
	usLog.apply(t, "eu=10")
	s.servedBy(s.do("GET", "/counter/a", ""), "us")
	if got, want := usLog.lastDemand(), "eu=10"; got != want {
		t.Errorf("demanded %q after the late answer, want %q", got, want)
	}
}

func TestMove_OneRepeatElsewhereIsFreshButNoMove(t *testing.T) {
	s := newStage(t)
	usLog := keepLog(s, "us", "us=5")
	euLog := keepLog(s, "eu", "eu=7,us=5")
	s.servedBy(s.do("GET", "/counter/a", ""), "us")
	answer := s.region["us"].handler
	s.region["us"].set(func(a *actor) {
		a.handler = func(w http.ResponseWriter, _ *http.Request) { sendProblem(w, 503, "unavailable", "Full.") }
	})
	s.servedBy(s.do("POST", "/counter/a/incr", ""), "eu")
	if got, want := euLog.lastDemand(), "us=5"; got != want {
		t.Errorf("the repeat demanded %q, want %q", got, want)
	}
	euLog.apply(t, "us=4")
	got := s.do("POST", "/counter/a/incr", "")
	s.problem(got, 503, "unavailable") // not that eu is behind, which the client never asked about
	s.region["us"].set(func(a *actor) { a.handler = answer })
	s.servedBy(s.do("GET", "/counter/a", ""), "us")
	if got := usLog.lastDemand(); got != "" {
		t.Errorf("all clients were made to wait for %q by one repeat", got)
	}
}

// A handle's answer shows its owner's state, whoever passes it on.
func TestMove_AHandlesAnswerDoesNotCoverTheRegion(t *testing.T) {
	s := newStage(t)
	usLog := keepLog(s, "us", "eu=9")
	keepLog(s, "eu", "eu=9")
	away(s)
	s.region["us"].set(func(a *actor) {
		passOn := a.handler
		a.handler = func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/handle/ada" {
				w.Header().Set("X-Served-By", "us")
				w.Header().Set("X-Version-Vector", "eu=20")
				return
			}
			passOn(w, r)
		}
	})
	back(s)
	s.servedBy(s.do("GET", "/handle/ada", ""), "us")
	s.servedBy(s.do("GET", "/counter/a", ""), "us")
	if got, want := usLog.lastDemand(), "eu=9"; got != want {
		t.Errorf("after the handle's answer %q is demanded, want %q", got, want)
	}
}

// A batch tells its last vector in a trailer: the client gets it, and a move demands it.
func TestMove_DemandsWhatATrailerShowed(t *testing.T) {
	s := newStage(t)
	usLog := keepLog(s, "us", "eu=9")
	keepLog(s, "eu", "eu=1")
	away(s)
	s.region["eu"].set(func(a *actor) {
		a.handler = func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Trailer", "X-Version-Vector")
			w.Header().Set("X-Served-By", "eu")
			fmt.Fprintln(w, `{"status":200}`)
			w.Header().Set("X-Version-Vector", "eu=9")
		}
	})
	r := s.do("POST", "/batch", "{}")
	s.servedBy(r, "eu")
	if got := r.trailer.Get("X-Version-Vector"); got != "eu=9" {
		t.Errorf("the client got the trailer %q", got)
	}
	back(s)
	s.servedBy(s.do("GET", "/counter/a", ""), "us")
	if got, want := usLog.lastDemand(), "eu=9"; got != want {
		t.Errorf("%q is demanded, want %q", got, want)
	}
}
