package failover

import (
	"testing"
	"time"

	"pangea/gen/audit"
	"pangea/lab/results/resultstest"
)

// sound is three kills after which everything is as it should be.
func sound() *Finding {
	f := &Finding{Policy: "static", Planted: true, Lasting: Lasting{Counters: 20, Acknowledged: 900}, Audit: audit.Report{Operations: 500, Properties: []audit.Property{
		{Name: "counters", Unit: "writes", Checked: 100, Unanswered: 3}, {Name: "tags", Unit: "writes", Checked: 50},
	}}}
	for i, gap := range []time.Duration{200 * time.Millisecond, 4 * time.Second, 300 * time.Millisecond} {
		f.Rounds = append(f.Rounds, Round{Number: i + 1, Gap: gap, Return: time.Second, OK: 1000, Writes: 800})
	}
	return f
}

func TestRecord_Claims(t *testing.T) {
	resultstest.Breaks(t, Record([]*Finding{sound()}, 500))
	const (
		half   = "its clients are served again within 2 s, half of the times"
		always = "and within 5 s, always"
		counts = "no acknowledged increment is lost, and none counts twice"
		lasts  = "after all kills the counters of every round, and those that each of them increments, are still right"
		told   = "nothing contradicts what clients were told"
	)
	for _, test := range []struct {
		want  string
		spoil func(*Finding)
	}{
		{half, func(f *Finding) { f.Rounds[0].Gap = 2 * time.Second; f.Rounds[2].Gap = 3 * time.Second }},
		{always, func(f *Finding) { f.Rounds[1].Gap = 6 * time.Second }},
		{told, func(f *Finding) { f.Audit.Properties[1].Violated = 1 }},
		{told, func(f *Finding) { f.Audit.Properties[1].Checked = 0 }},
		{told, func(f *Finding) { f.Audit.Properties[1].Undecided = []string{"one"} }},
		{counts, func(f *Finding) { f.Audit.Properties[0].Unanswered = 100 }},
		{lasts, func(f *Finding) { f.Lasting.Wrong = 1 }},
		{lasts, func(f *Finding) { f.Lasting = Lasting{} }},
		{"an increment that was planted in what clients were told is missed", func(f *Finding) { f.Planted = false }},
		{"all regions hold the same in the end", func(f *Finding) { f.Equal = "they differ" }},
	} {
		f := sound()
		test.spoil(f)
		resultstest.Breaks(t, Record([]*Finding{f}, 500), "static routers: "+test.want)
	}
	f := sound()
	f.Audit.Properties[0].Violated = 1
	resultstest.Breaks(t, Record([]*Finding{f}, 500), "static routers: "+counts, "static routers: "+told)
}

// What was not measured holds no claim.
func TestRecord_OfNothingHoldsNothing(t *testing.T) {
	resultstest.HoldsNothing(t, Record([]*Finding{{Policy: "static", Equal: "?"}}, 500))
}

// A fault is found only if counters are judged to violate one promise more than before.
func TestMissing(t *testing.T) {
	report := func(checked, violated int) *audit.Report {
		return &audit.Report{Properties: []audit.Property{{Name: "tags", Violated: 1}, {Name: "counters", Checked: checked, Violated: violated}}}
	}
	for _, test := range []struct {
		without, with *audit.Report
		want          bool
	}{
		{report(10, 0), report(11, 1), true},
		{report(10, 2), report(11, 3), true},
		{report(10, 1), report(11, 1), false},
		{report(10, 0), report(10, 1), false},
		{&audit.Report{}, &audit.Report{}, false},
	} {
		if got := missing(test.without, test.with); got != test.want {
			t.Errorf("%+v, then %+v: missing %t", counters(test.without), counters(test.with), got)
		}
	}
}
