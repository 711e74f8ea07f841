package ramp

import (
	"math"

	"pangea/lab/results"
	"pangea/lab/trial"
)

// charts have a point for each rate: the medians of its steps.
func charts(levels []level, links []string) []results.Chart {
	rate := results.Axis{Label: "writes/s achieved, all regions"}
	curve := func(name string, figure func(*trial.Result) float64) results.Curve {
		c := results.Curve{Name: name, Measurements: true}
		for _, l := range levels {
			if y := l.set.Of(figure); y.Count > 0 {
				c.Points = append(c.Points, results.XY{X: l.set.Of(achieved).Median, Y: y.Median})
			}
		}
		return c
	}
	behind := results.Chart{Title: "Lag: age of the oldest entry that is missing", X: rate, Y: results.Axis{Label: "ms, median", Log: true}}
	visible := results.Chart{Title: "From a write's acknowledgement to its being read elsewhere", X: rate, Y: results.Axis{Label: "ms, p99", Log: true}}
	rising := results.Chart{Title: "How fast the lag rises under a load that stays the same", X: rate, Y: results.Axis{Label: "ms per second"}}
	for _, link := range links {
		behind.Curves = append(behind.Curves, curve(link, lagOf(link)))
		visible.Curves = append(visible.Curves, curve(link, visibleOf(link)))
		rising.Curves = append(rising.Curves, curve(link, slopeOf(link)))
	}
	answers := results.Chart{Title: "Time to answer in the client's region", X: rate, Y: results.Axis{Label: "ms, p99", Log: true}}
	answers.Curves = []results.Curve{curve("write", writeP99), curve("read", readP99)}
	return []results.Chart{behind, visible, rising, answers}
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

// lagOf and the others are figures of a link, in milliseconds; what is not known is no
// number.
func lagOf(link string) func(*trial.Result) float64 {
	return of(link, func(l trial.Link) float64 { return 1000 * l.Lag.Median })
}

func visibleOf(link string) func(*trial.Result) float64 {
	return of(link, func(l trial.Link) float64 { return 1000 * l.Visible.P99.Seconds() })
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
