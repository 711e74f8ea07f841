package meter

import (
	"testing"
	"time"
)

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
