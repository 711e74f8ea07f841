package rehearsal

import (
	"context"
	"errors"
	"strings"
	"testing"

	"pangea/gen/audit"
)

// A judge that overlooks a fault is no use, nor one that accuses more than that: each is
// planted in histories of every size.
func TestJudge_FindsEachPlantedFault(t *testing.T) {
	for _, f := range Faults() {
		t.Run(f.Name, func(t *testing.T) {
			found := Finding{Fault: f}
			for seed := range uint64(10) {
				if err := found.judge(seed, int(seed)*20); err != nil {
					t.Fatal(err)
				}
			}
			if err := (&Report{Findings: []Finding{found}}).Err(); err != nil {
				t.Error(err)
			}
		})
	}
}

// The books may say all that clients were told of, and all that they sent.
func TestJudge_BooksAtTheirBoundsAreRight(t *testing.T) {
	for seed := range uint64(10) {
		s, err := none().Plant(seed, operations)
		if err != nil {
			t.Fatal(err)
		}
		low, high := s.bounds()
		for _, n := range []int64{low, high} {
			s.commit(n)
			report, err := s.judge()
			if err != nil {
				t.Fatal(err)
			}
			if wrong := none().misjudgedBy(report); wrong != "" {
				t.Errorf("seed %d, %d events in [%d, %d]: %s", seed, n, low, high, wrong)
			}
		}
	}
}

// A fault is found by what is said of it, and of nothing else.
func TestFault_IsFoundByItsPropertyAndKeyOnly(t *testing.T) {
	f := Fault{Breaks: []string{"tags", "answers"}}
	of := func(property, text string) *audit.Report {
		return &audit.Report{Properties: []audit.Property{{Name: property, Violated: 1, First: []audit.Violation{{Text: text}}}}}
	}
	for _, c := range []struct {
		report       *audit.Report
		found, wrong bool
	}{
		{of("tags", "tags planted: wrong"), true, false},
		{of("answers", "tags planted: wrong"), false, false},
		{of("tags", "tags k1: wrong"), true, true},
		{of("counters", "counter planted: wrong"), false, true},
		{of("books", "class counter"), false, true},
		{&audit.Report{Properties: []audit.Property{{Name: "tags", Undecided: []string{"tags planted"}}}}, false, true},
	} {
		if got := f.foundBy(c.report); got != c.found {
			t.Errorf("%+v: found %t, want %t", c.report.Properties, got, c.found)
		}
		if got := f.misjudgedBy(c.report); (got != "") != c.wrong {
			t.Errorf("%+v: accused wrongly: %q, want so: %t", c.report.Properties, got, c.wrong)
		}
	}
}

func TestReport_SaysWhatTheJudgeMissed(t *testing.T) {
	f := Faults()[0]
	for want, finding := range map[string]Finding{
		"":                {Fault: f, Planted: 20, Found: 20},
		"blind":           {Fault: f, Planted: 20, Found: 19},
		"with the fault ": {Fault: none(), Planted: 100, Found: 100, Misjudged: 1, Misjudgement: "x"},
	} {
		r := Report{Findings: []Finding{finding}}
		err := r.Err()
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%+v: got %v, want %q", finding, err, want)
		}
	}
}

func TestRun_EndsWhenCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	if _, err := Run(ctx, 1, func(int, int) { cancel() }); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want %v", err, context.Canceled)
	}
}
