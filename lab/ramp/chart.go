package ramp

import (
	"cmp"
	"math"
	"slices"
	"time"

	"pangea/lab/results"
	"pangea/lab/trial"
)

// charts have a point for each rate, the medians of its steps, in the order of what was
// achieved.
func charts(levels []level, links []string) []results.Chart {
	rate := results.Axis{Label: "writes/s achieved, all regions"}
	curve := func(name string, figure func(*trial.Result) float64) results.Curve {
		c := results.Curve{Name: name, Measurements: true}
		for _, l := range levels {
			if y := l.set.Of(figure); y.Count > 0 {
				c.Points = append(c.Points, results.XY{X: l.set.Of(achieved).Median, Y: y.Median})
			}
		}
		slices.SortFunc(c.Points, func(a, b results.XY) int { return cmp.Compare(a.X, b.X) })
		return c
	}
	middle := results.Chart{Title: "From a write's acknowledgement to its being read elsewhere: p50", X: rate, Y: results.Axis{Label: "ms", Log: true}}
	late := results.Chart{Title: "From a write's acknowledgement to its being read elsewhere: p99", X: rate, Y: results.Axis{Label: "ms", Log: true}}
	rising := results.Chart{Title: "How fast the lag rises while the load stays the same", X: rate, Y: results.Axis{Label: "ms per second"}}
	for _, link := range links {
		middle.Curves = append(middle.Curves, curve(link, middleOf(link)))
		late.Curves = append(late.Curves, curve(link, lateOf(link)))
		rising.Curves = append(rising.Curves, curve(link, slopeOf(link)))
	}
	answers := results.Chart{Title: "Time to answer in the client's region: p99", X: rate, Y: results.Axis{Label: "ms", Log: true}}
	answers.Curves = []results.Curve{curve("write", writeP99), curve("read", readP99)}
	return []results.Chart{middle, late, rising, answers}
}

func achieved(r *trial.Result) float64 { return r.Achieved }
func writeP99(r *trial.Result) float64 { return r.Latencies(trial.WriteP99).Median }
func readP99(r *trial.Result) float64  { return r.Latencies(trial.ReadP99).Median }

func drain(r *trial.Result) float64 {
	if r.Drain < 0 {
		return math.NaN()
	}
	return r.Drain.Seconds()
}

// middleOf and the others are figures of a link, in milliseconds; what is not known is no
// number.
func middleOf(link string) func(*trial.Result) float64 {
	return visibleOf(link, func(l trial.Link) time.Duration { return l.Visible.P50 })
}

func lateOf(link string) func(*trial.Result) float64 {
	return visibleOf(link, func(l trial.Link) time.Duration { return l.Visible.P99 })
}

func visibleOf(link string, quantile func(trial.Link) time.Duration) func(*trial.Result) float64 {
	return of(link, func(l trial.Link) float64 {
		if l.Visible.Count == 0 {
			return math.NaN()
		}
		return 1000 * quantile(l).Seconds()
	})
}

func slopeOf(link string) func(*trial.Result) float64 {
	return of(link, func(l trial.Link) float64 { return 1000 * l.Line.Slope })
}

func of(link string, figure func(trial.Link) float64) func(*trial.Result) float64 {
	return func(r *trial.Result) float64 {
		if l, ok := find(r, link); ok {
			return figure(l)
		}
		return math.NaN()
	}
}
