package node

import (
	"testing"
	"time"
)

// The rate is that of the last measurements, and tells when a limit is reached.
func TestGrowth_ForecastsFromTheLastMeasurements(t *testing.T) {
	g, at := growth{}, time.Unix(0, 0)
	add := func(size int64) float64 {
		at = at.Add(10 * time.Second)
		return g.add(at, size)
	}
	if rate := add(1_000_000); rate != 0 || runsOut(500, rate) != -1 {
		t.Errorf("after one measurement the rate is %v", rate)
	}
	if rate := add(1_000_500); rate != 50 || runsOut(500, rate) != 10 || runsOut(-1, rate) != 0 {
		t.Errorf("the rate is %v, and 500 are full in %v s", rate, runsOut(500, rate))
	}
	rate := 0.0
	for range growthSamples {
		rate = add(2_000_000)
	}
	if rate != 0 {
		t.Errorf("the rate is %v when nothing has changed for long", rate)
	}
	if rate := add(0); rate >= 0 || runsOut(1, rate) != -1 {
		t.Errorf("the rate is %v when the store has shrunk", rate)
	}
}

// What is dropped within the window does not hide that more and more is kept.
func TestBacklog_CountsWhatComes(t *testing.T) {
	b, at := backlog{}, time.Unix(0, 0)
	rate := 0.0
	for _, held := range []int64{10_000, 10_500, 11_000, 2000, 2500} {
		at = at.Add(10 * time.Second)
		rate = b.add(at, held)
	}
	if rate != 1500.0/40 {
		t.Errorf("%v bytes/s are said to come, want %v", rate, 1500.0/40)
	}
	for range growthSamples {
		at = at.Add(10 * time.Second)
		rate = b.add(at, 2500)
	}
	if rate != 0 {
		t.Errorf("%v bytes/s are said to come when nothing does", rate)
	}
}
