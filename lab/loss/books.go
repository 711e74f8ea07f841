package loss

import (
	"fmt"
	"math/rand/v2"
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
	round       int    // in which it was given
	sent, acked time.Time
}

// binds reports whether the promise outlives the loss: it does, unless the region gave
// it alone and before it was dead, and lost its disk. What was still there at the end of
// its round was everywhere, and outlives every later loss.
func (p promise) binds(l loss) bool { return l.kept || !p.alone || !p.of(l) }

// of reports whether the region that was lost gave the promise before it was dead.
func (p promise) of(l loss) bool {
	return p.round == l.round && p.by == l.region && !p.sent.After(l.to)
}

// single reports whether the promise is about a key of its own, which is a request to read.
func (p promise) single() bool { return p.class != workload.Tags && p.class != workload.Prefs }

func (p promise) kind() Kind { return Kind{Class: p.class, Ack: p.ack()} }

func (p promise) ack() string {
	if p.alone {
		return Local
	}
	return Peer
}

func (p promise) String() string {
	return fmt.Sprintf("%v %s has no %q, acknowledged by %s (%s)", p.class, p.key, p.value, p.by, p.ack())
}

// account is what was promised about one counter of many increments: their sum, and what
// may stand.
type account struct {
	tally.Counter
	by    string
	round int
}

// books is what the probes of all rounds were told. They share it. What is found
// missing is struck out: it is told once.
type books struct {
	mu         sync.Mutex
	promises   []promise
	counters   map[string]account
	unanswered map[int]int // writes that may stand or not, by round
}

func newBooks() *books { return &books{counters: map[string]account{}, unanswered: map[int]int{}} }

// enter notes what a write led to. A claim that lost to another has promised nothing.
func (b *books) enter(w write, answer client.Answer, err error) {
	w.acked = time.Now()
	outcome := measure.OutcomeOf(w.operation, answer.Status, err)
	b.mu.Lock()
	defer b.mu.Unlock()
	if outcome == measure.Unanswered {
		b.unanswered[w.round]++
	}
	switch {
	case w.summed:
		b.count(w.promise, outcome)
	case outcome == measure.OK && answer.Status != http.StatusConflict:
		b.promises = append(b.promises, w.promise)
	}
}

func (b *books) count(p promise, outcome measure.Outcome) {
	a := b.counters[p.key]
	a.by, a.round = p.by, p.round
	switch outcome {
	case measure.OK:
		a.Incr++
	case measure.Unanswered:
		a.UnansweredIncrs++
	}
	b.counters[p.key] = a
}

// reread is how many single promises of former rounds are read again.
const reread = 200

// due lists, by index, the promises to read back after the round: all, but of the single
// ones of former rounds some at random.
func (b *books) due(round int, seed uint64) []int {
	var due, former []int
	for i, p := range b.promises {
		if p.round < round && p.single() {
			former = append(former, i)
		} else {
			due = append(due, i)
		}
	}
	order := rand.New(rand.NewPCG(seed, uint64(round))).Perm(len(former))
	for _, i := range order[:min(reread, len(order))] {
		due = append(due, former[i])
	}
	return due
}

// strike forgets what any region was found to lack.
func (b *books) strike(found []findings) {
	var rest []promise
	for i, p := range b.promises {
		if !lackedByAny(found, i) {
			rest = append(rest, p)
		}
	}
	b.promises = rest
	for _, f := range found {
		for key := range f.counters {
			delete(b.counters, key)
		}
	}
}
