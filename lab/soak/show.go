package soak

import (
	"fmt"
	"time"

	"pangea/lab/results"
	"pangea/lab/trend"
	"pangea/lab/trial"
)

func links(found *trial.Result) results.Table {
	t := results.Table{
		Caption: "Lag of each link. Visible: from a write's acknowledgement to its being read elsewhere. Behind: the age of the oldest entry that is missing. Slope: of that, with its 95 % interval; flat: as one of all links.",
		Header:  []string{"link", "delay ms", "visible p50 ms", "p99 ms", "behind p50 ms", "p99 ms", "slope ms per minute", "flat"},
	}
	for _, l := range found.Links {
		t.Add(l.Name(), results.Milliseconds(l.Delay), results.Milliseconds(l.Visible.P50), results.Milliseconds(l.Visible.P99),
			fmt.Sprintf("%.1f", 1000*l.Lag.Median), fmt.Sprintf("%.1f", 1000*l.Lag.P99), slope(l.Line, 60*1000), yes(l.Line.FlatAmong(len(found.Links))))
	}
	return t
}

func processes(found *trial.Result) results.Table {
	t := results.Table{
		Caption: "What each process takes. Rise: of the line through its memory.",
		Header:  []string{"process", "processors", "memory p50", "most", "rise MB"},
	}
	for _, p := range found.Processes {
		t.Add(p.Name, fmt.Sprintf("%.3f", p.CPU), megabytes(p.RSS.Median), megabytes(p.RSS.High), fmt.Sprintf("%+.1f", p.Line.Slope*p.Line.Seconds/1e6))
	}
	return t
}

func latencies(found *trial.Result) results.Table {
	t := results.Table{
		Caption: fmt.Sprintf("Time to answer beside the load, in ms: of %d windows the one in the middle, the best and the worst.", len(found.Windows)),
		Header:  []string{"", "median", "best", "worst"},
	}
	for _, row := range []struct {
		name string
		of   func(trial.Window) time.Duration
	}{
		{"write p50", func(w trial.Window) time.Duration { return w.WriteP50 }},
		{"write p99", trial.WriteP99},
		{"read p50", func(w trial.Window) time.Duration { return w.ReadP50 }},
		{"read p99", trial.ReadP99},
	} {
		s := found.Latencies(row.of)
		t.Add(row.name, fmt.Sprintf("%.1f", s.Median), fmt.Sprintf("%.1f", s.Low), fmt.Sprintf("%.1f", s.High))
	}
	return t
}

func charts(found *trial.Result) []results.Chart {
	seconds := results.Axis{Label: "seconds"}
	lag := results.Chart{Title: "Lag: age of the oldest entry that is missing", X: seconds, Y: results.Axis{Label: "ms"}}
	for _, l := range found.Links {
		lag.Curves = append(lag.Curves, results.Curve{Name: l.Name(), Points: scaled(l.Curve, 1000)})
	}
	memory := results.Chart{Title: "Memory of each process", X: seconds, Y: results.Axis{Label: "MB", Log: true}}
	for _, p := range found.Processes {
		memory.Curves = append(memory.Curves, results.Curve{Name: p.Name, Points: scaled(p.Curve, 1e-6)})
	}
	writes, p99 := results.Curve{Name: "all regions"}, [2]results.Curve{{Name: "write p99"}, {Name: "read p99"}}
	for _, w := range found.Windows {
		writes.Points = append(writes.Points, results.XY{X: w.At, Y: w.Writes})
		p99[0].Points = append(p99[0].Points, results.XY{X: w.At, Y: 1000 * w.WriteP99.Seconds()})
		p99[1].Points = append(p99[1].Points, results.XY{X: w.At, Y: 1000 * w.ReadP99.Seconds()})
	}
	return []results.Chart{
		lag,
		{Title: "Writes", X: seconds, Y: results.Axis{Label: "writes/s"}, Curves: []results.Curve{writes}},
		{Title: "Time to answer in the client's region", X: seconds, Y: results.Axis{Label: "ms"}, Curves: p99[:]},
		memory,
	}
}

func scaled(points []trend.Point, by float64) []results.XY {
	scaled := make([]results.XY, len(points))
	for i, p := range points {
		scaled[i] = results.XY{X: p.At, Y: p.Value * by}
	}
	return scaled
}

// slope is with its interval, in a unit of which there are so many in that of the line.
func slope(l trend.Line, unit float64) string {
	if !l.Known {
		return "unknown"
	}
	return fmt.Sprintf("%+.2f (%+.2f to %+.2f)", l.Slope*unit, l.Low*unit, l.High*unit)
}

func yes(b bool) string {
	if b {
		return "yes"
	}
	return "NO"
}
func megabytes(n float64) string { return fmt.Sprintf("%.0f MB", n/1e6) }
