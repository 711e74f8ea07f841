package trial

import (
	"math"
	"strings"
	"testing"
	"time"

	"pangea/lab/stack"
	"pangea/lab/trend"
	"pangea/lab/wrk"
)

func TestConfig_RefusesWhatSaysNothing(t *testing.T) {
	for want, cfg := range map[string]Config{
		"rate":     {Rate: -1},
		"duration": {Duration: 2 * time.Second},
		"window":   {Duration: 10 * time.Second, Window: 11 * time.Second},
		"drain":    {Drain: -1},
	} {
		if err := cfg.withDefaults().validate(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
	if err := (Config{}).withDefaults().validate(); err != nil {
		t.Errorf("the defaults: %v", err)
	}
}

// A request of a batch is as many writes as it has rows.
func TestConfig_RateIsOfWrites(t *testing.T) {
	s, err := stack.Open("../..")
	if err != nil {
		t.Fatal(err)
	}
	for rows, want := range map[int]float64{0: 100, 1: 100, 50: 2} {
		if load := (Config{Rate: 300, Load: wrk.Config{Rows: rows}}).load(s); load.Rate != want {
			t.Errorf("%d rows: %v requests/s to each of 3 regions, want %v", rows, load.Rate, want)
		}
	}
}

func TestResult_Flat(t *testing.T) {
	flat, rising := trend.Line{Known: true, Low: -1, High: 1}, trend.Line{Known: true, Low: 0.1, High: 1}
	for name, c := range map[string]struct {
		result Result
		want   bool
	}{
		"flat":         {Result{Drain: time.Second, Links: []Link{{Line: flat}}}, true},
		"one rises":    {Result{Drain: time.Second, Links: []Link{{Line: flat}, {Line: rising}}}, false},
		"unknown":      {Result{Drain: time.Second, Links: []Link{{}}}, false},
		"drained late": {Result{Drain: 3 * time.Second, Links: []Link{{Line: flat}}}, false},
		"never":        {Result{Drain: -1, Links: []Link{{Line: flat}}}, false},
	} {
		if got := c.result.Flat(); got != c.want {
			t.Errorf("%s: got %v", name, got)
		}
	}
}

func TestSet_LeavesOutWhatCouldNotBeHad(t *testing.T) {
	set := Set{{Achieved: 3, Writes: 5}, {Achieved: math.NaN(), Writes: 6, Failed: 1}, {Achieved: 1}}
	got := set.Of(func(r *Result) float64 { return r.Achieved })
	if got.Count != 2 || got.Median != 2 || got.Low != 1 || got.High != 3 || set.Writes() != 11 || set.Failed() != 1 {
		t.Errorf("got %+v, %d writes, %d failed", got, set.Writes(), set.Failed())
	}
}
