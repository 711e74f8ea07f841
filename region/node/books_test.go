package node_test

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"sync"
	"syscall"
	"testing"
	"time"

	"pangea/region/regiontest"
)

// write is a request that changes state.
type write struct {
	method, path, body string

	class   string // of the one event that it makes; "" if it may make none
	counter string
	by      int64
}

// outcome is what a client knows of a write that it sent.
type outcome int

const (
	refused outcome = iota // certainly no effect
	done                   // it stands
	unknown                // it may stand
)

func outcomeOf(a regiontest.Answer, err error) outcome {
	switch {
	case errors.Is(err, syscall.ECONNREFUSED):
		return refused
	case err != nil, a.Status == 504:
		return unknown
	case a.Status/100 == 2:
		return done
	default:
		return refused
	}
}

// books remember what clients were told of their writes, to be compared with what
// the regions show in the end (I9).
type books struct {
	mu       sync.Mutex
	counters map[string]*bounds
	events   map[string]*bounds // by region and class
	told     [3]int             // by outcome
}

// bounds are what a sum is without, and with, all writes whose outcome is unknown.
type bounds struct{ low, high int64 }

func (b *bounds) add(by int64, o outcome) {
	switch {
	case o == done:
		b.low, b.high = b.low+by, b.high+by
	case o == unknown && by > 0:
		b.high += by
	case o == unknown:
		b.low += by
	}
}

func (b *bounds) hold(n int64) bool { return b.low <= n && n <= b.high }

func newBooks() *books {
	return &books{counters: map[string]*bounds{}, events: map[string]*bounds{}}
}

// send sends a write to a region and books its outcome, which it returns.
func (b *books) send(t testing.TB, w *regiontest.World, name string, x write) outcome {
	a, err := w.Try(t, name, x.method, x.path, x.body)
	if err == nil {
		switch a.Status {
		case 200, 201, 404, 409, 503, 504:
		default:
			t.Errorf("%s %s at %s: %d %s", x.method, x.path, name, a.Status, a.Body)
		}
	}
	o := outcomeOf(a, err)
	b.mu.Lock()
	defer b.mu.Unlock()
	b.told[o]++
	if x.counter != "" {
		entry(b.counters, x.counter).add(x.by, o)
	}
	if x.class != "" {
		entry(b.events, name+" "+x.class).add(1, o)
	}
	return o
}

func entry(m map[string]*bounds, key string) *bounds {
	if m[key] == nil {
		m[key] = new(bounds)
	}
	return m[key]
}

// incr is an increment of a counter.
func incr(key string) write {
	return write{method: "POST", path: "/counter/" + key + "/incr", class: "counter", counter: key, by: 1}
}

// check compares the books with every region, once all of them have converged.
func (b *books) check(t testing.TB, w *regiontest.World) {
	t.Helper()
	t.Logf("writes acknowledged %d, refused %d, unanswered %d", b.told[done], b.told[refused], b.told[unknown])
	for _, name := range w.Names() {
		w.WaitReady(t, name) // one whose writer stood still asks its peers again
		for key, want := range b.counters {
			if got := counter(t, w, name, key); !want.hold(got) {
				t.Errorf("%s: counter %s is %d, acknowledged and possible are %d to %d", name, key, got, want.low, want.high)
			}
		}
		b.checkLedger(t, w, name)
	}
}

func (b *books) checkLedger(t testing.TB, w *regiontest.World, name string) {
	t.Helper()
	lost, committed := int64(0), map[string]int64{} // over the region's epochs
	for _, row := range w.Ledger(t, name) {
		ended := row.Live + row.Merged + row.Superseded + row.Concurrent + row.ClockSkew + row.Removed
		if row.Committed != ended {
			t.Errorf("%s: %s committed %d events, but %d are accounted for: %+v", name, row.Class, row.Committed, ended, row)
		}
		committed[row.Class] += row.Committed
		lost += row.Concurrent + row.ClockSkew
	}
	for class, n := range committed {
		if want := b.events[name+" "+class]; want != nil && !want.hold(n) {
			t.Errorf("%s: %s committed %d events, acknowledged and possible are %d to %d", name, class, n, want.low, want.high)
		}
	}
	if rows := w.Number(t, name, "select count(*) from conflicts"); rows != lost {
		t.Errorf("%s: %d conflicts written down, %d counted", name, rows, lost)
	}
}

// counter reads a counter.
func counter(t testing.TB, w *regiontest.World, name, key string) int64 {
	t.Helper()
	text := w.OK(t, name, "GET", "/counter/"+key, "").Field("value")
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// every calls do again and again, with pauses, until ctx ends.
func every(ctx context.Context, pause time.Duration, do func()) {
	ticker := time.NewTicker(pause)
	defer ticker.Stop()
	for ctx.Err() == nil {
		do()
		select {
		case <-ctx.Done():
		case <-ticker.C:
		}
	}
}

// background runs loops until the returned stop, or the end of the test.
func background(t testing.TB, loops ...func(context.Context)) (stop func()) {
	ctx, cancel := context.WithCancel(t.Context())
	var running sync.WaitGroup
	for _, loop := range loops {
		running.Go(func() { loop(ctx) })
	}
	stop = func() {
		cancel()
		running.Wait()
	}
	t.Cleanup(stop)
	return stop
}

// shows describes what is wrong if a region's answer does not have a field's value.
func shows(t testing.TB, w *regiontest.World, name, path, field, want string) string {
	t.Helper()
	if a := w.Do(t, name, "GET", path, ""); a.Status != 200 || a.Field(field) != want {
		return fmt.Sprintf("%s at %s: %d %s, want %s %s", path, name, a.Status, a.Body, field, want)
	}
	return ""
}
