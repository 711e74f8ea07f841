package results

import (
	"math"
	"strconv"

	"gonum.org/v1/plot"
)

// Axis is one of a chart.
type Axis struct {
	Label string `json:"label"`
	Log   bool   `json:"log,omitempty"` // values of 0 and below are left out
}

// shape is called when the axis knows what lies on it.
func (a Axis) shape(axis *plot.Axis) {
	axis.Label.Text = a.Label
	if !a.Log {
		axis.Min = min(0, axis.Min) // a difference must not look larger than it is
		axis.Tick.Marker = plot.TickerFunc(linearTicks)
		return
	}
	if !(axis.Min > 0) || math.IsInf(axis.Max, 0) {
		axis.Min, axis.Max = 1, 10 // there is nothing on it
	}
	axis.Min, axis.Max = roundDown(axis.Min), roundUp(axis.Max)
	axis.Scale, axis.Tick.Marker = plot.LogScale{}, plot.TickerFunc(logTicks)
}

// linearTicks are the usual ones, without the noughts at the end of their labels.
func linearTicks(low, high float64) []plot.Tick {
	ticks := plot.DefaultTicks{}.Ticks(low, high)
	for i, t := range ticks {
		if t.Label != "" {
			ticks[i].Label = number(t.Value)
		}
	}
	return ticks
}

// logTicks are at 1, 2 and 5 of each decade, so that one alone has some too.
func logTicks(low, high float64) []plot.Tick {
	var ticks []plot.Tick
	for v := roundDown(low); v <= high*1.001; v = roundUp(v * 1.001) {
		ticks = append(ticks, plot.Tick{Value: v, Label: number(v)})
	}
	return ticks
}

// roundDown is the next value of 1, 2 or 5 in a decade at or below v, and roundUp the
// one at or above.
func roundDown(v float64) float64 {
	decade := math.Pow(10, math.Floor(math.Log10(v)))
	for _, step := range []float64{5, 2} {
		if v >= step*decade {
			return step * decade
		}
	}
	return decade
}

func roundUp(v float64) float64 {
	decade := math.Pow(10, math.Floor(math.Log10(v)))
	for _, step := range []float64{1, 2, 5} {
		if v <= step*decade {
			return step * decade
		}
	}
	return 10 * decade
}

func number(v float64) string { return strconv.FormatFloat(v, 'g', 6, 64) }
