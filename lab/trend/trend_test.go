package trend

import (
	"math"
	"math/rand/v2"
	"testing"
)

// series has one point a second: base + slope·t, and a noise in which each value keeps
// the given part of the one before it.
func series(r *rand.Rand, n int, slope, noise, keeps float64) []Point {
	points, wander := make([]Point, n), 0.0
	for i := range points {
		wander = keeps*wander + noise*r.NormFloat64()
		points[i] = Point{float64(i), 10 + slope*float64(i) + wander}
	}
	return points
}

// Of series without a slope, the interval must miss 0 about one time in twenty, on
// either side together, whether or not neighbours resemble each other.
func TestFit_IntervalHoldsTheSlope(t *testing.T) {
	for _, keeps := range []float64{0, 0.8} {
		r, outside := rand.New(rand.NewPCG(7, 1)), 0
		const runs = 2000
		for range runs {
			if l := Fit(series(r, 400, 0.5, 1, keeps)); l.Low > 0.5 || l.High < 0.5 {
				outside++
			}
		}
		if share := float64(outside) / runs; share < 0.03 || share > 0.08 {
			t.Errorf("neighbours keep %v: %.3f of the intervals miss the slope, want about 0.05", keeps, share)
		}
	}
}

// Six lines without a slope are judged together: at least one is said to rise in about one
// run of forty, and not in one of seven. One that rises is seen all the same.
func TestFlatAmong_JudgesLinesTogether(t *testing.T) {
	r, rises := rand.New(rand.NewPCG(7, 4)), 0
	const runs, lines = 1000, 6
	for range runs {
		for range lines {
			if !Fit(series(r, 120, 0, 1, 0.5)).FlatAmong(lines) {
				rises++
				break
			}
		}
	}
	if share := float64(rises) / runs; share < 0.005 || share > 0.06 {
		t.Errorf("in %.3f of the runs something rises, want about 0.025", share)
	}
	if l := Fit(series(r, 120, 0.05, 1, 0.5)); l.FlatAmong(lines) {
		t.Errorf("%+v does not rise among %d", l, lines)
	}
}

func TestFit_SeesARise(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 2))
	rising := Fit(series(r, 400, 0.1, 1, 0.8))
	if rising.Flat() || rising.Rise() < 30 || rising.Rise() > 50 {
		t.Errorf("got %+v, rise %v: want a rise of about 40", rising, rising.Rise())
	}
	if falling := Fit(series(r, 400, -0.1, 1, 0.8)); !falling.Flat() || falling.Rise() != 0 {
		t.Errorf("got %+v: want what falls called flat", falling)
	}
	if exact := Fit(series(r, 400, 0.1, 0, 0)); exact.Flat() || math.Abs(exact.Slope-0.1) > 1e-9 {
		t.Errorf("got %+v: want a slope of 0.1", exact)
	}
}

// What nothing follows from must not pass for flat.
func TestFit_OfTooFewIsNotFlat(t *testing.T) {
	for _, points := range [][]Point{nil, make([]Point, fewest-1), make([]Point, 100)} {
		if l := Fit(points); l.Known || l.Flat() || l.Rise() != 0 {
			t.Errorf("of %d points at one moment: %+v", len(points), l)
		}
	}
}

// The line says nothing about a series that is far from one: it must not pass for flat.
func TestFit_OfACurveIsNotFlat(t *testing.T) {
	points := make([]Point, 400)
	for i := range points {
		x := float64(i - 200)
		points[i] = Point{float64(i), x * x}
	}
	if l := Fit(points); l.Known || l.Flat() {
		t.Errorf("got %+v", l)
	}
}

func TestAfterAndThin(t *testing.T) {
	points := series(rand.New(rand.NewPCG(7, 3)), 100, 1, 0, 0)
	if late := After(points, 40); len(late) != 60 || late[0] != points[40] {
		t.Errorf("got %d points from %v", len(late), late[0])
	}
	thin := Thin(points, 7)
	if len(thin) != 7 || thin[0].Value != 10+6.5 || thin[0].At != 6.5 {
		t.Errorf("got %v, want 7 means", thin)
	}
	if got := Thin(points, 100); len(got) != 100 {
		t.Errorf("got %d points, want all", len(got))
	}
}

func TestSummarise(t *testing.T) {
	if got := Summarise([]float64{4, 1, 3, 2}); got != (Summary{Count: 4, Median: 2.5, Low: 1, High: 4, P99: 4}) {
		t.Errorf("got %+v", got)
	}
	if got := Summarise(nil); got != (Summary{}) {
		t.Errorf("of nothing: %+v", got)
	}
}
