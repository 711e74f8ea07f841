package bench

import (
	"time"

	"pangea/gen"
	"pangea/lab/meter"
	"pangea/lab/results"
)

// Report is what a bench found, and what its figures must be read with.
type Report struct {
	Command string          `json:"command"`
	Config  Config          `json:"config"`
	Started time.Time       `json:"started"`
	Machine gen.Machine     `json:"machine"`
	Network results.Network `json:"network"`
	First   bool            `json:"generator_first"` // it had the processor before all others
	Runs    []*Run          `json:"runs"`
}

// figure is a row of the table: what of each run, in which unit. It has one value, or a
// median and a 99th percentile.
type figure struct {
	name, unit string
	of         func(*Run) []float64 // nothing, if the run did not yield it
}

// section is the rows under one heading.
type section struct {
	name    string
	figures []figure
}

func (r *Report) sections() []section {
	if len(r.Runs) == 0 {
		return nil
	}
	cost := r.Runs[0].Cost // all runs are of one stack
	s := []section{{"load", loads()}, {"latency, from when it was due", latencies()}}
	for i, l := range cost.Links {
		s = append(s, section{l.Origin + " → " + l.Region + ", one way " + l.Delay.String(), visibility(i)})
	}
	return append(s,
		section{"CPU per write, what reads took included", cpu(cost.Processes)},
		section{"memory, at most", memory(cost.Processes)},
		section{"bytes per write", bytesPerWrite(cost.Logs)})
}

func loads() []figure {
	return []figure{
		one("offered", "/s", func(r *Run) float64 { return r.Load.Offered }),
		one("answered", "/s", func(r *Run) float64 { return r.Load.Total.PerSecond }),
		one("of them writes", "/s", func(r *Run) float64 { return r.Load.Writes.PerSecond }),
		one("failed", "", func(r *Run) float64 { return float64(r.Load.Total.Count - r.Load.Total.OK) }),
		one("sent late, p99", "ms", func(r *Run) float64 { return millis(r.Load.Pacing.LateP99) }),
		one("all regions equal after", "s", func(r *Run) float64 { return r.Drain.Seconds() }),
		one("gen, CPU per operation", "µs", func(r *Run) float64 { return micros(r.Op) }),
	}
}

func latencies() []figure {
	return []figure{
		one("write p50", "ms", func(r *Run) float64 { return millis(r.Load.Writes.P50) }),
		one("write p99", "ms", func(r *Run) float64 { return millis(r.Load.Writes.P99) }),
		one("write p99.9", "ms", func(r *Run) float64 { return millis(r.Load.Writes.P999) }),
		one("read p50", "ms", func(r *Run) float64 { return millis(r.Load.Reads.P50) }),
		one("read p99", "ms", func(r *Run) float64 { return millis(r.Load.Reads.P99) }),
		one("read p99.9", "ms", func(r *Run) float64 { return millis(r.Load.Reads.P999) }),
	}
}

// visibility is of the link with that place in the report.
func visibility(link int) []figure {
	return []figure{
		above("message above one way, p50 / p99", link, func(l meter.Link) (of, above meter.Spread) { return l.Message, way(l) }),
		above("write visible above one way", link, func(l meter.Link) (of, above meter.Spread) { return l.Visible, way(l) }),
		above("write visible above the message", link, func(l meter.Link) (of, above meter.Spread) { return l.Visible, l.Message }),
		above("commit to commit above one way", link, func(l meter.Link) (of, above meter.Spread) { return l.Applied, way(l) }),
	}
}

// way is the configured delay, which has no spread.
func way(l meter.Link) meter.Spread { return meter.Spread{Count: 1, P50: l.Delay, P99: l.Delay} }

// above is how much longer one thing takes than another, by quantile.
func above(name string, link int, spreads func(meter.Link) (of, above meter.Spread)) figure {
	return figure{name, "ms", func(r *Run) []float64 {
		of, above := spreads(r.Cost.Links[link])
		if of.Count == 0 || above.Count == 0 {
			return nil
		}
		return []float64{millis(of.P50 - above.P50), millis(of.P99 - above.P99)}
	}}
}

func one(name, unit string, of func(*Run) float64) figure {
	return figure{name, unit, func(r *Run) []float64 { return []float64{of(r)} }}
}

func millis(d time.Duration) float64 { return d.Seconds() * 1e3 }
func micros(d time.Duration) float64 { return d.Seconds() * 1e6 }
