package trend

import (
	"cmp"
	"slices"

	"gonum.org/v1/gonum/stat"
)

// After is the part of a series from then on.
func After(points []Point, from float64) []Point {
	i, _ := slices.BinarySearchFunc(points, from, func(p Point, t float64) int { return cmp.Compare(p.At, t) })
	return points[i:]
}

// Thin averages neighbours until at most n points are left: what a curve can show.
func Thin(points []Point, n int) []Point {
	if len(points) <= n {
		return points
	}
	thin := make([]Point, 0, n)
	for i := range n {
		thin = append(thin, mean(points[i*len(points)/n:(i+1)*len(points)/n]))
	}
	return thin
}

func mean(points []Point) Point {
	xs, ys := coordinates(points)
	return Point{At: stat.Mean(xs, nil), Value: stat.Mean(ys, nil)}
}

// Summary is a middle and how far the values lie around it.
type Summary struct {
	Count  int     `json:"count"`
	Median float64 `json:"median"`
	Low    float64 `json:"low"`
	High   float64 `json:"high"`
	P99    float64 `json:"p99"`
}

// Summarise sums up values in any order; of none, it is all zero. Of an even number, the
// median is the mean of the two in the middle.
func Summarise(values []float64) Summary {
	if len(values) == 0 {
		return Summary{}
	}
	sorted := slices.Sorted(slices.Values(values))
	n := len(sorted)
	return Summary{
		Count: n, Low: sorted[0], High: sorted[n-1],
		Median: (sorted[(n-1)/2] + sorted[n/2]) / 2,
		P99:    stat.Quantile(0.99, stat.Empirical, sorted, nil),
	}
}

// Values are those of the points, without their times.
func Values(points []Point) []float64 {
	_, ys := coordinates(points)
	return ys
}
