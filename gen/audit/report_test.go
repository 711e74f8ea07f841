package audit

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// What is wrong in any of the histories is wrong in all of them together, of which no more
// is shown than of one.
func TestReport_Add(t *testing.T) {
	one := func(name string, n int) *Report {
		p := Property{Name: name, Checked: 10 * n, Unanswered: n, Violated: 3 * n, Undecided: []string{"one"}}
		for range 3 * n {
			p.First = append(p.First, Violation{Text: name})
		}
		return &Report{Operations: 100 * n, Properties: []Property{p, {Name: "sound", Checked: n}}}
	}
	var sum Report
	for range 2 {
		sum.Add(one("tags", 1))
	}
	want := Report{Operations: 200, Properties: []Property{
		{Name: "tags", Checked: 20, Unanswered: 2, Violated: 6, Undecided: []string{"one", "one"}, First: make([]Violation, shown)},
		{Name: "sound", Checked: 2},
	}}
	for i := range want.Properties[0].First {
		want.Properties[0].First[i].Text = "tags"
	}
	if diff := cmp.Diff(want, sum); diff != "" {
		t.Error(diff)
	}
	if sum.Violated() != 6 || sum.Undecided() != 2 || sum.Err() == nil {
		t.Errorf("%d violations, %d undecided, %v", sum.Violated(), sum.Undecided(), sum.Err())
	}
}
