package history

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"

	"pangea/gen/measure"
	"pangea/gen/workload"
)

// The latencies told apart, in nanoseconds, and to how many digits.
const (
	shortest = int64(time.Microsecond)
	longest  = int64(10 * time.Minute)
	digits   = 3
)

// latencies are those of the operations that ended well since the last take, by tag: the
// class, and "-read" after it of reads. As everywhere, they count from when each was due.
type latencies struct {
	since       time.Time
	now, before interval
}

// interval is the histograms of one stretch of time.
type interval map[string]*hdrhistogram.Histogram

func newLatencies() *latencies {
	return &latencies{since: time.Now(), now: interval{}, before: interval{}}
}

func tag(op *workload.Op) string {
	if op.Kind == workload.Read {
		return op.Class.String() + "-read"
	}
	return op.Class.String()
}

func (l *latencies) add(c *Call) {
	if measure.OutcomeOf(c.Op.Kind, c.Answer.Status, c.Err) != measure.OK {
		return
	}
	name := tag(&c.Op)
	h := l.now[name]
	if h == nil {
		h = hdrhistogram.New(shortest, longest, digits)
		h.SetTag(name)
		l.now[name] = h
	}
	latency := min(max(c.Done.Sub(c.Due).Nanoseconds(), shortest), longest)
	_ = h.RecordValue(latency) // fails only out of range
}

// take returns what was added until now, and begins again with the histograms that were
// taken before: the caller is done with those.
func (l *latencies) take(now time.Time) interval {
	for _, h := range l.now {
		h.SetStartTimeMs(l.since.UnixMilli())
		h.SetEndTimeMs(now.UnixMilli())
	}
	l.since = now
	l.now, l.before = l.before, l.now
	for _, h := range l.now {
		h.Reset()
	}
	return l.before
}

// beginLog writes the head of an HdrHistogram interval log.
func beginLog(out io.Writer, h Header) error {
	log := hdrhistogram.NewHistogramLogWriter(out)
	for _, write := range []func() error{
		func() error {
			return log.OutputComment("[Latencies of Pangea in ns, by class, of seed " + fmt.Sprint(h.Seed) + "]")
		},
		log.OutputLogFormatVersion,
		func() error { return log.OutputStartTime(h.Started.UnixMilli()) },
		log.OutputLegend,
	} {
		if err := write(); err != nil {
			return fmt.Errorf("write the latencies: %w", err)
		}
	}
	return nil
}

// write appends a line for each tag that has values. Times are absolute, maxima in ms.
func (i interval) write(out io.Writer) error {
	log := hdrhistogram.NewHistogramLogWriter(out)
	for _, name := range slices.Sorted(maps.Keys(i)) {
		if i[name].TotalCount() == 0 {
			continue
		}
		if err := log.OutputIntervalHistogram(i[name]); err != nil {
			return fmt.Errorf("write the latencies: %w", err)
		}
	}
	return nil
}
