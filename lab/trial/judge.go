package trial

import (
	"time"

	"pangea/lab/trend"
)

// DrainsWithin is how soon after a load that the links can carry all regions have all.
const DrainsWithin = 2 * time.Second

// Drained reports whether all regions had all soon after the load.
func (r *Result) Drained() bool { return r.Drain >= 0 && r.Drain <= DrainsWithin }

// Rising names the links whose lag rises. They are judged together (docs/decisions/014).
func (r *Result) Rising() (names []string) {
	for _, l := range r.Links {
		if !l.Line.FlatAmong(len(r.Links)) {
			names = append(names, l.Name())
		}
	}
	return names
}

// Latencies is a figure of each window, in milliseconds: its median, and how far the
// windows lie around it.
func (r *Result) Latencies(of func(Window) time.Duration) trend.Summary {
	var values []float64
	for _, w := range r.Windows {
		values = append(values, of(w).Seconds()*1000)
	}
	return trend.Summarise(values)
}

// WriteP99 and the others choose a figure for Latencies.
func WriteP99(w Window) time.Duration { return w.WriteP99 }

// ReadP99 is that of reads.
func ReadP99(w Window) time.Duration { return w.ReadP99 }

// Visible is how late the worst link shows a write, by its median.
func (r *Result) Visible() time.Duration {
	worst := time.Duration(0)
	for _, l := range r.Links {
		worst = max(worst, l.Visible.P50)
	}
	return worst
}
