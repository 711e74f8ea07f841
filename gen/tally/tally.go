package tally

// Counter sums the writes to one counter.
type Counter struct {
	Incr            int64 `json:"incr,omitempty"`            // acknowledged
	Decr            int64 `json:"decr,omitempty"`            // acknowledged
	UnansweredIncrs int64 `json:"unanswered_incr,omitempty"` // may or may not stand
	UnansweredDecrs int64 `json:"unanswered_decr,omitempty"` // may or may not stand
}

// Interval is where the counter's value must lie: every acknowledged write
// counts, and any part of the unanswered ones.
func (c Counter) Interval() (low, high int64) {
	acknowledged := c.Incr - c.Decr
	return acknowledged - c.UnansweredDecrs, acknowledged + c.UnansweredIncrs
}

func (c Counter) plus(d Counter) Counter {
	c.Incr += d.Incr
	c.Decr += d.Decr
	c.UnansweredIncrs += d.UnansweredIncrs
	c.UnansweredDecrs += d.UnansweredDecrs
	return c
}

// Tally is the sums of one or several runs. The zero value is not usable, New
// makes an empty one.
type Tally struct {
	Acknowledged uint64             `json:"acknowledged"` // counter writes, by number
	Unanswered   uint64             `json:"unanswered"`
	Counters     map[string]Counter `json:"counters"`
}

// New returns a tally of nothing.
func New() *Tally { return &Tally{Counters: map[string]Counter{}} }

// Acknowledge counts a write that stands: by is negative for a decrement.
func (t *Tally) Acknowledge(key string, by int64) {
	t.Acknowledged++
	t.add(key, Counter{Incr: max(by, 0), Decr: max(-by, 0)})
}

// LeaveOpen counts a write that was sent and not answered.
func (t *Tally) LeaveOpen(key string, by int64) {
	t.Unanswered++
	t.add(key, Counter{UnansweredIncrs: max(by, 0), UnansweredDecrs: max(-by, 0)})
}

// Merge adds the sums of another run, whose keys may be the same.
func (t *Tally) Merge(other *Tally) {
	t.Acknowledged += other.Acknowledged
	t.Unanswered += other.Unanswered
	for key, c := range other.Counters {
		t.add(key, c)
	}
}

// Sum adds up all counters.
func (t *Tally) Sum() Counter {
	var sum Counter
	for _, c := range t.Counters {
		sum = sum.plus(c)
	}
	return sum
}

func (t *Tally) add(key string, c Counter) { t.Counters[key] = t.Counters[key].plus(c) }
