package router

import (
	"net/http"
	"sync"
	"testing"
	"time"

	"pangea/crdt"
)

// replica is an actor that counts its writes, waits for what is demanded, and hears
// of the other's writes when the test says so.
type replica struct {
	mu      sync.Mutex
	applied crdt.Vector
	changed chan struct{} // closed and renewed with applied
}

func (l *replica) join(v crdt.Vector) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.applied.Join(v)
	close(l.changed)
	l.changed = make(chan struct{})
}

func (l *replica) now() (crdt.Vector, <-chan struct{}) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.applied.Clone(), l.changed
}

func (l *replica) write(o crdt.Origin) crdt.Vector {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.applied[o]++
	return l.applied.Clone()
}

func (l *replica) answers(o crdt.Origin, written func(crdt.Vector)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		demanded, err := crdt.ParseVector(r.Header.Get(minVersionVector))
		v, changed := l.now()
		for limit := time.After(time.Second); err == nil && !v.Covers(demanded); v, changed = l.now() {
			select {
			case <-changed:
			case <-limit:
				sendProblem(w, 503, "not-caught-up", o.Region+" is behind.")
				return
			}
		}
		if r.Method == http.MethodPost {
			v = l.write(o)
			written(v)
		}
		w.Header().Set("X-Version-Vector", v.String())
	}
}

// Clients write and read without pause while us comes and goes, and us hears of eu's
// writes with a lag: no client may get an error, or see less than it has seen.
func TestMove_UnderLoadNobodySeesStaleState(t *testing.T) {
	s := newStage(t, func(c *Config) { c.Hold = 50 * time.Millisecond })
	usLog := &replica{applied: crdt.Vector{}, changed: make(chan struct{})}
	euLog := &replica{applied: crdt.Vector{}, changed: make(chan struct{})}
	s.region["us"].set(func(a *actor) { a.handler = usLog.answers(us, euLog.join) }) // so a failover loses nothing
	s.region["eu"].set(func(a *actor) { a.handler = euLog.answers(eu, func(crdt.Vector) {}) })

	stop := make(chan struct{})
	var clients sync.WaitGroup
	clients.Go(func() { replicate(euLog, usLog, 15*time.Millisecond, stop) })
	for range 8 {
		clients.Go(func() { s.session(stop) })
	}
	for range 6 {
		s.region["us"].set(func(a *actor) { a.ready = false })
		s.until("eu is current", func() bool { return s.current() == "eu" })
		before := s.region["eu"].served.Load()
		s.until("eu serves", func() bool { return s.region["eu"].served.Load() > before+50 })
		back(s)
		before = s.region["us"].served.Load()
		s.until("us serves", func() bool { return s.region["us"].served.Load() > before+50 })
	}
	close(stop)
	clients.Wait()
}

// session is one client that remembers what it was shown.
func (s *stage) session(stop <-chan struct{}) {
	known := crdt.Vector{}
	for i := 0; ; i++ {
		select {
		case <-stop:
			return
		default:
		}
		got := s.do([]string{"POST", "GET"}[i%2], "/counter/a", "")
		v, err := crdt.ParseVector(got.header.Get("X-Version-Vector"))
		if got.status != 200 || err != nil || !v.Covers(known) {
			s.t.Errorf("knew %v and got %d with %v: %s (%v)", known, got.status, v, got.body, got.err)
			return
		}
		known = v
	}
}

func replicate(from, to *replica, every time.Duration, stop <-chan struct{}) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		select {
		case <-stop:
			return
		case <-tick.C:
			v, _ := from.now()
			to.join(v)
		}
	}
}
