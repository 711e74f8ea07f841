package trend

import (
	"math"

	"gonum.org/v1/gonum/stat"
	"gonum.org/v1/gonum/stat/distuv"
)

// Point is a measurement, and when it was made, in seconds.
type Point struct {
	At    float64 `json:"at"`
	Value float64 `json:"value"`
}

// Line is what a series does over time. Slopes are in the unit of its values.
type Line struct {
	Samples int     `json:"samples"`
	Seconds float64 `json:"seconds"` // from the first to the last
	Slope   float64 `json:"slope_per_second"`
	// Low and High hold the slope with 95 % confidence, if that is Known.
	Low     float64 `json:"low_per_second"`
	High    float64 `json:"high_per_second"`
	Freedom float64 `json:"degrees_of_freedom,omitempty"` // of that interval
	Known   bool    `json:"known"`                        // the points were enough to say anything
}

const (
	// fewest samples that a line is drawn through: fewer always lie near one.
	fewest = 8
	// fewestIndependent say something about a slope. What bends all the way, as a lag
	// does that rises ever faster, has less of them, however many samples it has.
	fewestIndependent = 4
)

// Fit draws the line through the points, which are in order of time.
func Fit(points []Point) Line {
	l := Line{Samples: len(points)}
	if len(points) < fewest {
		return l
	}
	if l.Seconds = points[len(points)-1].At - points[0].At; l.Seconds <= 0 {
		return l
	}
	xs, ys := coordinates(points)
	var intercept float64
	intercept, l.Slope = stat.LinearRegression(xs, ys, nil, false)
	residuals := make([]float64, len(xs))
	for i := range xs {
		residuals[i] = ys[i] - intercept - l.Slope*xs[i]
	}
	n := independent(residuals)
	if l.Known = n >= fewestIndependent; !l.Known {
		l.Low, l.High = l.Slope, l.Slope
		return l
	}
	l.Freedom = n - 2
	half := deviation(xs, residuals, l.Freedom) * quantile(0.975, l.Freedom)
	l.Low, l.High = l.Slope-half, l.Slope+half
	return l
}

// deviation is that of the slope.
func deviation(xs, residuals []float64, freedom float64) float64 {
	var squares, spread float64
	mean := stat.Mean(xs, nil)
	for i, x := range xs {
		squares += residuals[i] * residuals[i]
		spread += (x - mean) * (x - mean)
	}
	return math.Sqrt(squares / freedom / spread)
}

func quantile(p, freedom float64) float64 {
	return distuv.StudentsT{Sigma: 1, Nu: freedom}.Quantile(p)
}

// independent is how many samples tell as much as these, which follow each other.
func independent(residuals []float64) float64 {
	var product, squares float64
	for i, r := range residuals {
		squares += r * r
		if i > 0 {
			product += r * residuals[i-1]
		}
	}
	n := float64(len(residuals))
	if squares == 0 {
		return n
	}
	r := max(0, product/squares) // samples that alternate tell no more than independent ones
	return n * (1 - r) / (1 + r)
}

// Flat reports whether the slope is not above 0 within its interval.
func (l Line) Flat() bool { return l.Known && l.Low <= 0 }

// FlatAmong reports the same of one of n lines that are judged together: its interval is
// so wide that all n hold their slopes with 95 % confidence (Bonferroni). Of six lines
// that do not rise one would not be Flat in one run of seven.
func (l Line) FlatAmong(n int) bool {
	if l.Flat() || !l.Known {
		return l.Flat()
	}
	wider := quantile(1-0.025/float64(n), l.Freedom) / quantile(0.975, l.Freedom)
	return l.Slope-(l.Slope-l.Low)*wider <= 0
}

// Rise is how much the line rises from the first point to the last, or 0.
func (l Line) Rise() float64 { return max(0, l.Slope*l.Seconds) }

func coordinates(points []Point) (xs, ys []float64) {
	for _, p := range points {
		xs, ys = append(xs, p.At), append(ys, p.Value)
	}
	return xs, ys
}
