package ramp

import (
	"math"

	"pangea/lab/trial"
)

// round is the steps of one climb, from low to high.
type round []*trial.Result

// times is how much later writes become visible than at the lowest rate, if a lag grew.
const times = 2

// knee is the highest rate at which the lag of a link did not grow yet, and whether it
// grew at all. It is 0 if the lag grew at the lowest rate.
func (r round) knee(link string) (rate float64, grew bool) {
	for _, step := range r {
		if r.grew(step, link) {
			return rate, true
		}
		rate = max(rate, step.Achieved)
	}
	return rate, false
}

// Knee is the lowest one of all links and rounds, and whether any lag grew at all: if none
// did, it is the highest rate that was achieved in every round.
func Knee(rounds [][]*trial.Result) (lowest float64, any bool) {
	lowest = math.Inf(1)
	for _, steps := range rounds {
		for _, l := range steps[0].Links {
			rate, grew := round(steps).knee(l.Name())
			if grew && !any {
				lowest, any = rate, true
			}
			if grew == any {
				lowest = min(lowest, rate)
			}
		}
	}
	return lowest, any
}

// grew reports whether the lag of the link grew at that step.
func (r round) grew(step *trial.Result, link string) bool {
	base, ok := find(r[0], link)
	l, known := find(step, link)
	if !ok || !known || l.Visible.Count == 0 {
		return true // nothing says that it did not
	}
	return !step.Drained() ||
		!l.Line.Flat() && l.Line.Rise() > max(base.Lag.Median, l.Delay.Seconds()) ||
		l.Visible.P50 > times*max(base.Visible.P50, l.Delay)
}

func find(step *trial.Result, link string) (trial.Link, bool) {
	for _, l := range step.Links {
		if l.Name() == link {
			return l, true
		}
	}
	return trial.Link{}, false
}
