package measure

import (
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"

	"pangea/gen/workload"
)

// Report is the result of a run in numbers.
type Report struct {
	Offered float64       `json:"offered"` // operations per second asked for
	Elapsed time.Duration `json:"elapsed_ns"`
	Rows    []Row         `json:"rows"`   // per class, writes then reads
	Writes  Row           `json:"writes"` // of all classes
	Reads   Row           `json:"reads"`
	Total   Row           `json:"total"`
	Places  []Place       `json:"places"`
	Pacing  Pacing        `json:"pacing"`
}

// Row is one line of the latency table.
type Row struct {
	Name        string        `json:"name"`
	Count       uint64        `json:"count"`
	PerSecond   float64       `json:"per_second"` // answered well
	OK          uint64        `json:"ok"`
	Refused     uint64        `json:"refused"`
	Unavailable uint64        `json:"unavailable"`
	Unanswered  uint64        `json:"unanswered"`
	P50         time.Duration `json:"p50_ns"`
	P95         time.Duration `json:"p95_ns"`
	P99         time.Duration `json:"p99_ns"`
	P999        time.Duration `json:"p99_9_ns"`
	Max         time.Duration `json:"max_ns"`
}

// Place is what the clients behind one router saw.
type Place struct {
	Name       string            `json:"name"`
	ServedBy   map[string]uint64 `json:"served_by"`
	LongestGap Gap               `json:"longest_gap"`
}

// Pacing is how well the generator itself kept time.
type Pacing struct {
	LateP99   time.Duration `json:"late_p99_ns"` // from due to sent
	LateMax   time.Duration `json:"late_max_ns"`
	Saturated uint64        `json:"saturated"`  // operations held back by the bound on those in flight
	Blocked   time.Duration `json:"blocked_ns"` // for how long in all
	Backlog   int           `json:"backlog"`    // operations in flight when the last was sent
}

// keptShare is the part of the offered load that must be answered well for a
// run to be said to hold its rate; keptLate is how late a generator may send.
const (
	keptShare = 0.99
	keptLate  = 50 * time.Millisecond
)

// Held reports whether the run was answered at the rate it was offered. Answers
// that come after the end count too, so a backlog of more than a second's load,
// or one that held the generator back, says that it was not.
func (r *Report) Held() bool {
	return r.Total.PerSecond >= keptShare*r.Offered &&
		r.Pacing.Saturated == 0 && float64(r.Pacing.Backlog) <= max(r.Offered, 1)
}

// GeneratorSaturated reports whether the generator, not the service, may be
// what limited the run.
func (r *Report) GeneratorSaturated() bool {
	return r.Pacing.Saturated > 0 || r.Pacing.LateP99 > keptLate
}

// Report sums up a run that was paced for elapsed, after the last Record.
func (r *Recorder) Report(offered float64, start time.Time, elapsed time.Duration) *Report {
	r.mu.Lock()
	defer r.mu.Unlock()
	report := &Report{
		Offered: offered, Elapsed: elapsed,
		Writes: r.writes.report("writes", elapsed), Reads: r.reads.report("reads", elapsed), Total: r.all.report("all", elapsed),
	}
	for _, class := range workload.Classes() {
		for _, read := range []bool{false, true} {
			if row := r.rows[rowKey{class, read}]; row != nil {
				report.Rows = append(report.Rows, row.report(rowName(class, read), elapsed))
			}
		}
	}
	for _, p := range r.places {
		report.Places = append(report.Places, p.report(start.Add(elapsed)))
	}
	report.Pacing = Pacing{LateP99: quantile(r.lateness, 99), LateMax: largest(r.lateness)}
	return report
}

func rowName(class workload.Class, read bool) string {
	if read {
		return class.String() + " read"
	}
	return class.String()
}

func (w *row) report(name string, elapsed time.Duration) Row {
	return Row{
		Name:        name,
		Count:       w.total(),
		PerSecond:   float64(w.count[OK]) / max(elapsed, time.Nanosecond).Seconds(),
		OK:          w.count[OK],
		Refused:     w.count[Refused],
		Unavailable: w.count[Unavailable],
		Unanswered:  w.count[Unanswered],
		P50:         quantile(w.latency, 50),
		P95:         quantile(w.latency, 95),
		P99:         quantile(w.latency, 99),
		P999:        quantile(w.latency, 99.9),
		Max:         largest(w.latency),
	}
}

func largest(h *hdrhistogram.Histogram) time.Duration {
	return time.Duration(h.Max()) * time.Microsecond
}
