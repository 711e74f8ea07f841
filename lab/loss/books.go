package loss

import (
	"fmt"
	"net/http"
	"sync"
	"time"

	"pangea/gen/client"
	"pangea/gen/measure"
	"pangea/gen/tally"
	"pangea/gen/workload"
)

// promise is a write that was acknowledged.
type promise struct {
	class       workload.Class
	key, value  string
	by          string // the region that gave it
	alone       bool   // with X-Ack: local, before any other region knew
	sent, acked time.Time
}

// binds reports whether the promise outlives the loss: it does, unless the region gave
// it alone and before it was dead.
func (p promise) binds(l loss) bool {
	return !p.alone || p.by != l.region || p.sent.After(l.to)
}

func (p promise) String() string {
	ack := "peer"
	if p.alone {
		ack = "local"
	}
	return fmt.Sprintf("%v %s has no %q, acknowledged by %s (%s)", p.class, p.key, p.value, p.by, ack)
}

// books is what the probes of a round were told. They share it.
type books struct {
	mu       sync.Mutex
	promises []promise
	counters *tally.Tally // the promises about counters: sums, and what may stand
}

func newBooks() *books { return &books{counters: tally.New()} }

// enter notes what a write led to. A claim that lost to another has promised nothing.
func (b *books) enter(w write, answer client.Answer, err error) {
	w.acked = time.Now()
	outcome := measure.OutcomeOf(w.kind, answer.Status, err)
	b.mu.Lock()
	defer b.mu.Unlock()
	switch {
	case w.class == workload.Counter && outcome == measure.OK:
		b.counters.Acknowledge(w.key, 1)
	case w.class == workload.Counter && outcome == measure.Unanswered:
		b.counters.LeaveOpen(w.key, 1)
	case w.class != workload.Counter && outcome == measure.OK && answer.Status != http.StatusConflict:
		b.promises = append(b.promises, w.promise)
	}
}
