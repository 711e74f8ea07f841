package console

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"pangea/region"
)

// TestSamples_AreNotAveragedOverAGap: after a pause, or a restart, rates begin anew.
func TestSamples_AreNotAveragedOverAGap(t *testing.T) {
	begun := time.Now()
	type step struct {
		second    int
		committed float64
	}
	cases := []struct {
		steps []step
		want  *float64 // writes per second after the last step
	}{
		{[]step{{0, 100}}, nil},
		{[]step{{0, 100}, {1, 110}, {2, 130}}, new(15.0)},
		{[]step{{0, 0}, {1, 1000}, {5, 1010}, {6, 1020}}, new(4.0)},
		{[]step{{0, 100}, {60, 700}}, nil},
		{[]step{{0, 100}, {60, 700}, {61, 705}}, new(5.0)},
		{[]step{{0, 100}, {1, 3}}, nil},
	}
	for i, c := range cases {
		var s samples
		for _, step := range c.steps {
			s.add(sample{at: begun.Add(time.Duration(step.second) * time.Second), committed: step.committed}, 5*time.Second)
		}
		var r Region
		s.traffic(&r)
		if got := r.Writes.Rate; (got == nil) != (c.want == nil) || got != nil && *got != *c.want {
			t.Errorf("case %d: got %v, want %v", i, show(got), show(c.want))
		}
	}
}

func show(v *float64) any {
	if v == nil {
		return "unknown"
	}
	return *v
}

// TestSide_IsBounded: a value is cut between runes, a short one is whole.
func TestSide_IsBounded(t *testing.T) {
	for _, value := range []string{`"short"`, `"` + strings.Repeat("ü", 1000) + `"`, `"a` + strings.Repeat("ü", 1000) + `"`, `"` + strings.Repeat("语", 90) + `"`} {
		got := side(region.Side{Value: json.RawMessage(value)}).Value
		if len(value) <= maxValue && got != value {
			t.Errorf("%s became %s", value, got)
		}
		if beginning, cut := strings.CutSuffix(got, "…"); len(beginning) > maxValue || !utf8.ValidString(got) || cut != (len(value) > maxValue) || !strings.HasPrefix(value, beginning) {
			t.Errorf("%.20s…: got %q, want its beginning, of at most %d bytes", value, got, maxValue)
		}
	}
}

// TestComparer_WaitsForTheAnsweringOnly: a region that took a scan's whole time, and did not
// answer, does not make the next comparison late, and a slow one not for ever.
func TestComparer_WaitsForTheAnsweringOnly(t *testing.T) {
	for took, want := range map[time.Duration]time.Duration{0: 3 * time.Second, time.Second: 10 * time.Second, time.Minute: maxWait} {
		at := time.Now()
		c := &comparer{every: 3 * time.Second, done: make(chan compared, 1)}
		c.done <- compared{Agreement{At: at}, took}
		c.poll(context.Background(), nil)
		if got := c.due.Sub(at); got != want {
			t.Errorf("after %v: due in %v, want %v", took, got, want)
		}
	}
	c := &comparer{sources: []*source{{}, {}}} // to ask one of them would panic
	got := c.compare(context.Background(), []bool{false, false})
	if got.took != 0 || got.agreement.Verdict != Unknown {
		t.Errorf("nobody answers: got %v after %v, want unknown after no time", got.agreement.Verdict, got.took)
	}
}
