package rehearsal

import (
	"context"
	"errors"
	"strings"
	"testing"
)

// A judge that overlooks a fault is no use: each is planted in histories of every size.
func TestJudge_FindsEachPlantedFault(t *testing.T) {
	for _, f := range Faults() {
		t.Run(f.Name, func(t *testing.T) {
			for seed := range uint64(10) {
				found, err := f.found(seed, int(seed)*20)
				if err != nil {
					t.Fatal(err)
				}
				if found == 0 {
					t.Fatalf("seed %d: %q is not found by %q", seed, f.Name, f.Breaks)
				}
			}
		})
	}
}

func TestReport_SaysWhatTheJudgeMissed(t *testing.T) {
	f := Faults()[0]
	for want, r := range map[string]Report{
		"":                   {Faults: []Finding{{f, 20, 20}}, Clean: 100},
		"blind":              {Faults: []Finding{{f, 20, 19}}, Clean: 100},
		"without a fault: x": {Faults: []Finding{{f, 20, 20}}, Clean: 100, Accused: 1, Accusing: "x"},
	} {
		err := r.Err()
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%+v: got %v, want %q", r, err, want)
		}
	}
}

func TestRun_EndsWhenCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	if _, err := Run(ctx, 1, func(int, int) { cancel() }); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want %v", err, context.Canceled)
	}
}
