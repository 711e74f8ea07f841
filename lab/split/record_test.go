package split

import (
	"testing"
	"time"

	"pangea/gen/conflict"
	"pangea/gen/workload"
	"pangea/lab/results"
	"pangea/lab/results/resultstest"
)

const silence = 5 * time.Second

// sound is a cut after which everything is as it should be.
func sound(relay bool) *Finding {
	f := &Finding{
		Relay: relay, Cut: time.Minute, Converged: time.Second, Planted: true,
		Behind: map[string]uint64{"us of eu": 900, "eu of us": 800},
		Late:   [2]time.Duration{time.Minute, time.Minute},
		Course: []Moment{{At: 30, Behind: map[string]uint64{"us of eu": 400, "eu of us": 500}}, {At: 61, Behind: map[string]uint64{}}},
	}
	if relay {
		f.Late = [2]time.Duration{6 * time.Second, 7 * time.Second}
	}
	for _, class := range classes() {
		n, booked := &conflict.Report{Config: conflict.Config{Class: class}, Pairs: 200, Acknowledged: 200}, conflict.Books{}
		if class == workload.Profile {
			n.Lost, booked.Concurrent = 200, 200
		}
		f.Reports, f.Booked = append(f.Reports, n), append(f.Booked, booked)
	}
	return f
}

func record(f *Finding) *results.Record { return Record([]*Finding{f}, silence) }

func TestRecord_Claims(t *testing.T) {
	resultstest.Breaks(t, Record([]*Finding{sound(false), sound(true)}, silence))
	for _, test := range []struct {
		relay bool
		want  string
		spoil func(*Finding)
	}{
		{false, "relay off: every profile holds one of its two writes, and the other is booked", func(f *Finding) { f.Reports[0].Wrong = make([]conflict.Verdict, 1) }},
		{false, "relay off: every profile holds one of its two writes, and the other is booked", func(f *Finding) { f.Booked[0].Concurrent-- }},
		{false, "relay off: counter: both writes of every pair are there, once", func(f *Finding) { f.Reports[1].Lost = 1 }},
		{false, "relay off: tags: both writes of every pair are there, once", func(f *Finding) { f.Reports[2].Wrong = make([]conflict.Verdict, 1) }},
		{false, "relay off: both sides take every write", func(f *Finding) { f.Reports[3].Acknowledged-- }},
		{false, "relay off: neither side hears of the other", func(f *Finding) { f.Late[1] = 50 * time.Second }},
		{true, "relay on: neither side is behind by more than 8s", func(f *Finding) { f.Late[0] = 9 * time.Second }},
		{true, "relay on: all regions have all within 3 s of the heal", func(f *Finding) { f.Converged = 4 * time.Second }},
		{true, "relay on: all regions have all within 3 s of the heal", func(f *Finding) { f.Converged = 0 }},
		{true, "relay on: a loss that was planted in each class is found", func(f *Finding) { f.Planted = false }},
		{true, "relay on: all regions hold the same in the end", func(f *Finding) { f.Equal = "they differ" }},
	} {
		f := sound(test.relay)
		test.spoil(f)
		resultstest.Breaks(t, record(f), test.want)
	}
}

// The curves rise until the heal, and end at nothing.
func TestRecord_Course(t *testing.T) {
	curves := record(sound(false)).Charts[0].Curves
	if len(curves) != 3 || curves[0].Points[1].Y != 400 || curves[0].Points[2].Y != 0 || curves[2].Points[1] != (results.XY{X: 60, Y: 500}) {
		t.Errorf("got %+v", curves)
	}
}

// What was not measured holds no claim.
func TestRecord_OfNothingHoldsNothing(t *testing.T) {
	for _, relay := range []bool{false, true} {
		f := &Finding{Relay: relay, Equal: "?"}
		for _, class := range classes() {
			f.Reports, f.Booked = append(f.Reports, &conflict.Report{Config: conflict.Config{Class: class}}), append(f.Booked, conflict.Books{})
		}
		resultstest.HoldsNothing(t, record(f))
	}
}
