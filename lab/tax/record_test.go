package tax

import (
	"testing"
	"time"

	"pangea/lab/results/resultstest"
)

const milli = time.Millisecond

// sound is a measurement of two regions in which everything is as it should be.
func sound() *Finding {
	profile := func(region string) Cost {
		return Cost{Kind: Kind{Region: region}, Count: 100, P50: 3 * milli, P99: 9 * milli}
	}
	handle := func(region, owner string, rtt, p50 time.Duration) Cost {
		return Cost{Kind: Kind{region, owner}, RTT: rtt, Count: 100, P50: p50, P99: 2 * p50}
	}
	return &Finding{
		Costs: []Cost{
			profile("us"), handle("us", "us", 0, 50*milli), handle("us", "eu", 80*milli, 130*milli),
			profile("eu"), handle("eu", "us", 80*milli, 130*milli), handle("eu", "eu", 0, 50*milli),
		},
		Stretch: Stretch{By: 100 * milli, Across: handle("us", "eu", 80*milli, 230*milli), Profile: profile("us")},
	}
}

func TestRecord_Claims(t *testing.T) {
	resultstest.Breaks(t, sound().Record())
	const (
		local   = "from us: a profile is answered within 15 ms (p99)"
		forward = "from us: a handle of eu takes at least the 80ms to there and back"
		longer  = "with the link 100ms longer, a claim across it takes longer by most of that"
		same    = "and a profile does not"
	)
	for _, test := range []struct {
		want  string
		spoil func(*Finding)
	}{
		{local, func(f *Finding) { f.Costs[0].P99 = 15 * milli }},
		{local, func(f *Finding) { f.Costs[0].Failed = 1 }},
		{local, func(f *Finding) { f.Costs[0].Count = 0 }},
		{forward, func(f *Finding) { f.Costs[2].P50 = 79 * milli }},
		{forward, func(f *Finding) { f.Costs[2].Failed = 1 }},
		{longer, func(f *Finding) { f.Stretch.Across.P50 = 200 * milli }},
		{longer, func(f *Finding) { f.Stretch.Across.Count = 0 }},
		{same, func(f *Finding) { f.Stretch.Profile.P50 = 100 * milli }},
	} {
		f := sound()
		test.spoil(f)
		resultstest.Breaks(t, f.Record(), test.want)
	}
}

// What was not measured holds no claim.
func TestRecord_OfNothingHoldsNothing(t *testing.T) {
	nothing := &Finding{Costs: []Cost{{Kind: Kind{Region: "us"}}, {Kind: Kind{"us", "eu"}, RTT: 80 * milli}}}
	resultstest.HoldsNothing(t, nothing.Record())
}
