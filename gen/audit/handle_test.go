package audit

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"pangea/gen/history"
	"pangea/gen/measure"
	"pangea/gen/workload"
)

// Forty claims that may have happened in any order, and a holder who is none of the
// claimants: there are 2^40 sets of them to try, and no time for that.
func TestJudge_AnUndecidedHandleIsNoViolation(t *testing.T) {
	j := &judgement{header: &history.Header{}, state: &State{}, within: time.Millisecond}
	j.name()
	line := history.Record{Class: workload.Handle, Key: "h", Kind: workload.Claim, Start: 1, End: 2, Outcome: measure.Unanswered}
	for i := range 40 {
		j.ops = append(j.ops, &operation{Record: &line, arg: argument{Claimant: fmt.Sprint("user:", i)}})
	}
	holder, read := "nobody", history.Record{Class: workload.Handle, Key: "h", Start: 3, End: 4, Outcome: measure.OK, Status: 200}
	j.ops = append(j.ops, &operation{Record: &read, got: answer{Claimant: &holder}})
	j.judgeHandles()
	report := j.report()
	if report.Violated() != 0 || report.Undecided() != 1 {
		t.Errorf("%d violations, %d undecided, want 0 and 1", report.Violated(), report.Undecided())
	}
	if err := report.Err(); err == nil || !strings.HasPrefix(err.Error(), "not decided: ") {
		t.Errorf("got %v, want that it is not decided", err)
	}
	var text strings.Builder
	report.Print(&text)
	if got := text.String(); strings.Contains(got, "PASSED") || !strings.Contains(got, "not decided: handle h") {
		t.Errorf("the report says:\n%s", got)
	}
	j.handles.violate("another handle is wrong")
	if err := j.report().Err(); err == nil || !strings.Contains(err.Error(), "contradict") {
		t.Errorf("with a violation: got %v, want that said", err)
	}
}
