package meter

import (
	"math"
	"testing"
	"time"
)

func TestHistogram_TellsWhatWasAdded(t *testing.T) {
	bounds := []float64{0.01, 0.02, 0.04, math.Inf(1)}
	first := histogram{bounds: bounds, counts: []uint64{100, 100, 100, 100}, sum: 0.5}
	last := histogram{bounds: bounds, counts: []uint64{100, 150, 198, 200}, sum: 3.5}
	got := last.since(first).spread()
	want := Spread{Count: 100, Mean: 30 * time.Millisecond, P50: 20 * time.Millisecond, P99: 40 * time.Millisecond}
	if got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if got := last.since(histogram{}).spread(); got.Count != 200 {
		t.Errorf("since the start: got %d values, want 200", got.Count)
	}
	if got := last.since(last).spread(); got != (Spread{}) {
		t.Errorf("nothing was added: got %+v", got)
	}
}

func TestTrips_SpreadIsOfTheWindow(t *testing.T) {
	var all trips
	w, begun := way{"us", "eu"}, time.Now()
	for i := range 300 {
		all.add(w, trip{at: begun.Add(time.Duration(i) * time.Second), took: time.Duration(i%100+1) * time.Millisecond, lost: i == 150})
	}
	got := all.spread(w, begun.Add(100*time.Second), begun.Add(199*time.Second))
	if got.Count != 99 || got.Lost != 1 || got.Max != 100*time.Millisecond || got.P99 != 100*time.Millisecond || got.P50 != 50*time.Millisecond {
		t.Errorf("got %+v", got)
	}
	if got := all.spread(way{"eu", "us"}, begun, begun.Add(time.Hour)); got != (Spread{}) {
		t.Errorf("of another way: got %+v", got)
	}
}
