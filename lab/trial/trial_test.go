package trial

import (
	"math"
	"strings"
	"testing"
	"time"

	"pangea/lab/trend"
	"pangea/lab/wrk"
	"pangea/region/topology"
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
	world, err := topology.Load("../../topology.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for rows, want := range map[int]float64{0: 100, 1: 100, 50: 2} {
		if load := (Config{Rate: 300, Load: wrk.Config{Rows: rows}}).load(world); load.Rate != want {
			t.Errorf("%d rows: %v requests/s to each of 3 regions, want %v", rows, load.Rate, want)
		}
	}
}

func TestResult_Rising(t *testing.T) {
	line := func(from string, low float64, known bool) Link {
		return Link{Origin: from, Region: "ap", Line: trend.Line{Known: known, Slope: 1, Low: low, High: 2 - low, Freedom: 100}}
	}
	flat, steep, barely, unknown := line("us", -0.1, true), line("eu", 0.9, true), line("eu", 0.1, true), line("eu", 0, false)
	for name, c := range map[string]struct {
		links []Link
		want  int
	}{
		"flat":                             {[]Link{flat, flat}, 0},
		"one rises":                        {[]Link{flat, steep}, 1},
		"one would rise alone":             {[]Link{barely}, 1},
		"but may by chance, one among two": {[]Link{flat, barely}, 0},
		"unknown":                          {[]Link{flat, unknown}, 1},
	} {
		if got := (&Result{Links: c.links}).Rising(); len(got) != c.want {
			t.Errorf("%s: %q", name, got)
		}
	}
}

func TestResult_Drained(t *testing.T) {
	for drain, want := range map[time.Duration]bool{time.Second: true, 3 * time.Second: false, -1: false} {
		if got := (&Result{Drain: drain}).Drained(); got != want {
			t.Errorf("after %v: %v", drain, got)
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
