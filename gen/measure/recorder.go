package measure

import (
	"sync"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"

	"pangea/gen/client"
	"pangea/gen/tally"
	"pangea/gen/workload"
)

// longest is the largest latency told apart from larger ones.
const longest = 10 * time.Minute

// Sample is one operation and what became of it.
type Sample struct {
	Op              workload.Op
	Place           int // where its client lives, as an index
	Due, Sent, Done time.Time
	Answer          client.Answer
	Err             error
}

// Recorder collects the samples of a run. It is safe for concurrent use.
type Recorder struct {
	mu       sync.Mutex
	rows     map[rowKey]*row
	writes   row
	reads    row
	all      row
	lateness *hdrhistogram.Histogram // from due to sent: the generator's own delay
	places   []*place
	tally    *tally.Tally
}

type rowKey struct {
	class workload.Class
	read  bool
}

// row is the outcomes of one kind of operation.
type row struct {
	count   [outcomes]uint64
	latency *hdrhistogram.Histogram // in microseconds, of the OK ones
}

// NewRecorder returns a Recorder for a run that begins at start, with clients
// near the named places.
func NewRecorder(start time.Time, places []string) *Recorder {
	r := &Recorder{
		rows:     map[rowKey]*row{},
		writes:   row{latency: newHistogram()},
		reads:    row{latency: newHistogram()},
		all:      row{latency: newHistogram()},
		lateness: newHistogram(),
		tally:    tally.New(),
	}
	for _, name := range places {
		r.places = append(r.places, newPlace(name, start))
	}
	return r
}

// Record adds one sample.
func (r *Recorder) Record(s Sample) {
	outcome := OutcomeOf(s.Op.Kind, s.Answer.Status, s.Err)
	r.mu.Lock()
	defer r.mu.Unlock()
	observe(r.lateness, s.Sent.Sub(s.Due))
	latency := s.Done.Sub(s.Due)
	r.all.add(outcome, latency)
	r.side(s.Op).add(outcome, latency)
	r.row(s.Op).add(outcome, latency)
	r.places[s.Place].add(outcome, s.Answer.ServedBy, s.Done)
	r.count(s.Op, outcome)
}

func (r *Recorder) side(op workload.Op) *row {
	if op.Kind == workload.Read {
		return &r.reads
	}
	return &r.writes
}

func (r *Recorder) row(op workload.Op) *row {
	key := rowKey{op.Class, op.Kind == workload.Read}
	if r.rows[key] == nil {
		r.rows[key] = &row{latency: newHistogram()}
	}
	return r.rows[key]
}

// count keeps the tally: what the counters must hold when all is quiet (I9).
func (r *Recorder) count(op workload.Op, outcome Outcome) {
	by := op.By
	switch {
	case op.Kind == workload.Decr:
		by = -by
	case op.Kind != workload.Incr:
		return
	}
	switch outcome {
	case OK:
		r.tally.Acknowledge(op.Key, by)
	case Unanswered:
		r.tally.LeaveOpen(op.Key, by)
	}
}

// Tally is the sums of the counter writes. It is not to be called before the
// last Record has returned.
func (r *Recorder) Tally() *tally.Tally { return r.tally }

// Progress is how a run stands.
type Progress struct {
	Done, Errors uint64
	P99          time.Duration
}

// Progress looks at the run so far.
func (r *Recorder) Progress() Progress {
	r.mu.Lock()
	defer r.mu.Unlock()
	done := r.all.total()
	return Progress{Done: done, Errors: done - r.all.count[OK], P99: quantile(r.all.latency, 99)}
}

func (w *row) add(outcome Outcome, latency time.Duration) {
	w.count[outcome]++
	if outcome == OK {
		observe(w.latency, latency)
	}
}

func (w *row) total() uint64 {
	sum := uint64(0)
	for _, n := range w.count {
		sum += n
	}
	return sum
}

func newHistogram() *hdrhistogram.Histogram {
	return hdrhistogram.New(1, longest.Microseconds(), 3)
}

func observe(h *hdrhistogram.Histogram, d time.Duration) {
	d = min(max(d, time.Microsecond), longest)
	_ = h.RecordValue(d.Microseconds()) // fails only out of range
}

func quantile(h *hdrhistogram.Histogram, percent float64) time.Duration {
	return time.Duration(h.ValueAtQuantile(percent)) * time.Microsecond
}
