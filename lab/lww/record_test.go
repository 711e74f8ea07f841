package lww

import (
	"testing"

	"pangea/gen/conflict"
	"pangea/lab/results/resultstest"
)

// sound is what a scene leads to if everything is as it should be.
func sound(s Scene) *Finding {
	f := &Finding{
		Scene:   s,
		Report:  &conflict.Report{Pairs: 100, Acknowledged: 100, Lost: 100, Ordered: 90},
		Booked:  conflict.Books{Concurrent: 100},
		Planted: true,
	}
	switch {
	case s.Seen && s.Mode == "hlc":
		f.Booked = conflict.Books{Superseded: 100}
	case s.Skew != 0:
		f.Report.OlderWon = 45
	}
	return f
}

func TestRecord_SoundScenesHold(t *testing.T) {
	var all []*Finding
	for _, s := range Scenes() {
		all = append(all, sound(s))
	}
	resultstest.Breaks(t, Record(all))
}

func TestRecord_Claims(t *testing.T) {
	atOnce, after, skewed, seen := Scenes()[0], Scenes()[2], Scenes()[5], Scenes()[6]
	for _, test := range []struct {
		scene Scene
		want  string
		spoil func(*Finding)
	}{
		{atOnce, "every key holds one value, the same everywhere", func(f *Finding) { f.Report.Wrong = make([]conflict.Verdict, 1) }},
		{atOnce, "every key holds one value, the same everywhere", func(f *Finding) { f.Equal = "they differ" }},
		{atOnce, "every key holds one value, the same everywhere", func(f *Finding) { f.Report.Acknowledged = 98 }},
		{atOnce, "each write that is gone is booked once", func(f *Finding) { f.Report.Lost-- }},
		{atOnce, "each write that is gone is booked once", func(f *Finding) { f.Booked.Superseded++ }},
		{atOnce, "a loss that was planted is found", func(f *Finding) { f.Planted = false }},
		{atOnce, "nearly every pair was a conflict, and lost one write", func(f *Finding) { f.Booked = conflict.Books{Superseded: 6, Concurrent: 94} }},
		{after, "no older write beats a newer one", func(f *Finding) { f.Report.OlderWon = 1 }},
		{after, "no older write beats a newer one", func(f *Finding) { f.Report.Ordered = 0 }},
		{skewed, "some older writes beat newer ones", func(f *Finding) { f.Report.OlderWon = 0 }},
		{seen, "who has seen a write beats it", func(f *Finding) { f.Report.OlderWon = 1 }},
		{seen, "who has seen a write beats it", func(f *Finding) { f.Booked = conflict.Books{Superseded: 99, ClockSkew: 1} }},
	} {
		f := sound(test.scene)
		test.spoil(f)
		resultstest.Breaks(t, Record([]*Finding{f}), test.scene.Name+": "+test.want)
	}
}

// A write without an answer may be gone or not.
func TestRecord_TheUnansweredMayBeBookedOrNot(t *testing.T) {
	f := sound(Scenes()[0])
	f.Report.Unanswered, f.Report.Lost = 1, 99
	resultstest.Breaks(t, Record([]*Finding{f}))
}

// What was not measured holds no claim.
func TestRecord_OfNothingHoldsNothing(t *testing.T) {
	for _, s := range Scenes() {
		resultstest.HoldsNothing(t, Record([]*Finding{{Scene: s, Report: &conflict.Report{}, Equal: "?"}}))
	}
}
