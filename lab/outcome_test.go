package lab

import (
	"errors"
	"strings"
	"testing"

	"pangea/lab/results"
)

// Whatever the verdict sends a reader to the table for is there.
func TestOutcome_SaysWhatWentWrong(t *testing.T) {
	held := results.Claim{Text: "it lasts", Held: true}
	broken := results.Claim{Text: "it is fast", Found: "9 s", Speed: true}
	for want, o := range map[string]outcome{
		"– none no docker":                      {err: errors.New("no docker")},
		"1 of 1 soak.md":                        {record: &results.Record{Claims: []results.Claim{held}}},
		"1 of 1 soak.md its stack is left over": {record: &results.Record{Claims: []results.Claim{held}}, err: errors.New("its stack is left over")},
		"1 of 2 soak.md it is fast: 9 s (a busy machine may break it)": {
			record: &results.Record{Claims: []results.Claim{held, broken}}, err: errors.New("1 of 2 claims do not hold"),
		},
	} {
		o.planned = planned{name: "soak"}
		row := o.row()
		if got := strings.TrimSpace(strings.Join([]string{row[1], row[3], row[4]}, " ")); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
		if err := verdictOf([]outcome{o}); (err == nil) != (o.err == nil) {
			t.Errorf("%s: the verdict is %v", want, err)
		}
	}
}
