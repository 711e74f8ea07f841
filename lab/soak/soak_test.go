package soak

import (
	"testing"
	"time"

	"pangea/lab/meter"
	"pangea/lab/results"
	"pangea/lab/results/resultstest"
	"pangea/lab/trend"
	"pangea/lab/trial"
)

// flawless is a run of which every claim holds.
func flawless() *trial.Result {
	flat := trend.Line{Samples: 1000, Seconds: 1200, Slope: 0.001, Low: -0.001, High: 0.003, Freedom: 300, Known: true}
	return &trial.Result{
		Achieved: 8000, Writes: 8000 * 1800, Drain: time.Second,
		Links: []trial.Link{{
			Origin: "us", Region: "eu", Line: flat,
			Visible: meter.Spread{Count: 1000, P50: 60 * time.Millisecond, P99: 120 * time.Millisecond},
		}},
		Processes: []trial.Process{
			{Name: "region-us", RSS: trend.Summary{Count: 1000, Median: 200e6, High: 250e6}, Line: flat},
			{Name: "postgres-us", RSS: trend.Summary{Count: 1000, Median: 900e6, High: 900e6}},
		},
	}
}

func TestClaims(t *testing.T) {
	for want, spoil := range map[string]func(*trial.Result){
		"":                                       func(*trial.Result) {},
		"every write is acknowledged":            func(r *trial.Result) { r.Failed = 1 },
		"98 % of 8000 writes/s are acknowledged": func(r *trial.Result) { r.Achieved = 7800 },
		"the lag of no link rises":               func(r *trial.Result) { r.Links[0].Line.Low = 0.0001 },
		"writes are visible elsewhere within 1 s (p50) and 3 s (p99)": func(r *trial.Result) { r.Links[0].Visible.P99 = 3 * time.Second },
		"all regions have all 2 s after the load":                     func(r *trial.Result) { r.Drain = -1 },
		"the memory of no region rises by more than 5 %":              func(r *trial.Result) { r.Processes[0].Line.Slope = 1e4 },
		"a region takes at most 300 MB":                               func(r *trial.Result) { r.Processes[0].RSS.High = 301e6 },
	} {
		found, record := flawless(), &results.Record{}
		spoil(found)
		s := &Soak{cfg: Config{Rate: 8000, Duration: 30 * time.Minute, Memory: 300e6}}
		s.claim(record, found)
		if want == "" {
			resultstest.Breaks(t, record)
		} else {
			resultstest.Breaks(t, record, want)
		}
	}
}

// What was not measured holds no claim.
func TestClaims_OfNothingAreBroken(t *testing.T) {
	record := &results.Record{}
	s := &Soak{cfg: Config{Rate: 8000, Duration: 30 * time.Minute, Memory: 300e6}}
	s.claim(record, &trial.Result{Drain: -1, Processes: []trial.Process{{Name: "region-us"}}})
	resultstest.HoldsNothing(t, record)
}
