package ramp

import (
	"testing"
	"time"

	"pangea/lab/meter"
	"pangea/lab/trend"
	"pangea/lab/trial"
)

// step is one at which a link shows writes that late, with a lag that rises by so much
// in each second.
func step(offered, achieved float64, visible time.Duration, slope float64) *trial.Result {
	line := trend.Line{Samples: 30, Seconds: 20, Slope: slope, Low: slope - 0.001, High: slope + 0.001, Known: true}
	return &trial.Result{
		Offered: offered, Achieved: achieved, Drain: time.Second,
		Links: []trial.Link{{
			Origin: "us", Region: "eu", Delay: 40 * time.Millisecond, Line: line, Lag: trend.Summary{Median: 0.05},
			Visible: meter.Spread{Count: 100, P50: visible, P99: 2 * visible},
		}},
	}
}

func TestKnee(t *testing.T) {
	const link = "us → eu"
	base, late, slow := 50*time.Millisecond, 101*time.Millisecond, step(3000, 2990, 50*time.Millisecond, 0)
	slow.Drain = 3 * time.Second
	chance := step(3000, 2990, base, 0.01)
	chance.Links[0].Line.Low = -0.001
	stuck := step(3000, 2990, base, 0)
	stuck.Drain = -1
	unseen := step(3000, 2990, base, 0)
	unseen.Links[0].Visible.Count = 0
	for name, c := range map[string]struct {
		third *trial.Result
		grew  bool
	}{
		"flat":                     {step(3000, 2990, 99*time.Millisecond, 0), false},
		"rises, as chance has it":  {chance, false},
		"rises by very little":     {step(3000, 2990, base, 0.0024), false},
		"rises":                    {step(3000, 2990, base, 0.01), true},
		"shows writes late":        {step(3000, 2990, late, 0), true},
		"drains late":              {slow, true},
		"never drains":             {stuck, true},
		"nobody saw a write there": {unseen, true},
		"is not there":             {&trial.Result{Achieved: 2990}, true},
	} {
		r := round{step(1000, 990, base, 0), step(2000, 1990, base, 0), c.third}
		want := 1990.0
		if !c.grew {
			want = 2990
		}
		if rate, grew := r.knee(link); rate != want || grew != c.grew {
			t.Errorf("%s: got a knee at %v, %v; want %v, %v", name, rate, grew, want, c.grew)
		}
	}
	at := round{step(1000, 990, base, 0.01)}
	if rate, grew := at.knee(link); rate != 0 || !grew {
		t.Errorf("it grows at once: got %v, %v", rate, grew)
	}
}

// A round that was cut short has fewer steps; the one without a pace is the last.
func TestByRate(t *testing.T) {
	rounds := []round{
		{step(1000, 990, 1, 0), step(unpaced, 5000, 1, 0)},
		{step(1000, 991, 1, 0), step(2000, 1990, 1, 0), step(unpaced, 5001, 1, 0)},
	}
	levels := byRate(rounds)
	if len(levels) != 3 || levels[0].rate != 1000 || levels[1].rate != 2000 || levels[2].rate != unpaced {
		t.Fatalf("got %+v", levels)
	}
	for i, want := range []int{2, 1, 2} {
		if got := len(levels[i].set); got != want {
			t.Errorf("level %d: %d steps, want %d", i, got, want)
		}
	}
	r := &Ramp{cfg: Config{Rounds: 2, Step: time.Second}}
	record := r.record(rounds, nil)
	if err := record.Err(); err != nil || len(record.Charts) != 4 || len(record.Tables[1].Rows) != 3 {
		t.Errorf("got %v, %d charts and %v", err, len(record.Charts), record.Tables[1].Rows)
	}
	rounds[1][0].Failed = 1
	if err := r.record(rounds, nil).Err(); err == nil {
		t.Error("a write was not acknowledged, and no claim is broken")
	}
}
