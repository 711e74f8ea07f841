package measure

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"pangea/gen/client"
	"pangea/gen/tally"
	"pangea/gen/workload"
)

func TestOutcomeOf(t *testing.T) {
	for _, test := range []struct {
		kind   workload.Kind
		status int
		err    error
		want   Outcome
	}{
		{workload.Incr, 200, nil, OK},
		{workload.Claim, 201, nil, OK},
		{workload.Claim, 409, nil, OK},
		{workload.Incr, 409, nil, Refused},
		{workload.Read, 404, nil, OK},
		{workload.Put, 404, nil, Refused},
		{workload.Incr, 302, nil, Refused},
		{workload.Incr, 422, nil, Refused},
		{workload.Incr, 503, nil, Unavailable},
		{workload.Incr, 0, fmt.Errorf("dial: %w", client.ErrNotSent), Unavailable},
		{workload.Incr, 504, nil, Unanswered},
		{workload.Incr, 500, nil, Unanswered},
		{workload.Incr, 502, nil, Unanswered},
		{workload.Incr, 0, io.ErrUnexpectedEOF, Unanswered},
	} {
		if got := OutcomeOf(test.kind, test.status, test.err); got != test.want {
			t.Errorf("kind %d, status %d, error %v: got %d, want %d", test.kind, test.status, test.err, got, test.want)
		}
	}
}

// run is a recorder with a clock that the test moves.
type run struct {
	*Recorder
	start time.Time
}

func newRun() run {
	start := time.Unix(1_000_000, 0)
	return run{NewRecorder(start, []string{"us", "eu"}), start}
}

// sample records an operation that was due at a time and answered after a while.
func (r run) sample(op workload.Op, place int, due, latency time.Duration, status int, err error) {
	s := Sample{Op: op, Place: place, Due: r.start.Add(due), Err: err}
	s.Sent, s.Done = s.Due.Add(time.Millisecond), s.Due.Add(latency)
	if err == nil {
		s.Answer = client.Answer{Status: status, ServedBy: "ap"}
	}
	r.Record(s)
}

var incr = workload.Op{Class: workload.Counter, Kind: workload.Incr, Key: "a", By: 2}

func TestOutcome_TextReadsBack(t *testing.T) {
	for want := range outcomes {
		text, err := want.MarshalText()
		if err != nil {
			t.Fatal(err)
		}
		var got Outcome
		if err := got.UnmarshalText(text); err != nil || got != want {
			t.Errorf("got %v, %v; want %v", got, err, want)
		}
	}
	if err := new(Outcome).UnmarshalText([]byte("perhaps")); err == nil {
		t.Error("there is no such outcome, and it was read")
	}
}

func TestRecorder_PercentilesAreOfGoodAnswers(t *testing.T) {
	r := newRun()
	for i := 1; i <= 1000; i++ {
		r.sample(incr, 0, 0, time.Duration(i)*time.Millisecond, 200, nil)
	}
	r.sample(incr, 0, 0, time.Minute, 0, io.EOF)
	row := r.Report(100, r.start, 10*time.Second).Rows[0]
	for _, test := range []struct {
		name      string
		got, want time.Duration
	}{
		{"p50", row.P50, 500 * time.Millisecond},
		{"p95", row.P95, 950 * time.Millisecond},
		{"p99", row.P99, 990 * time.Millisecond},
		{"p99.9", row.P999, 999 * time.Millisecond},
		{"max", row.Max, 1000 * time.Millisecond},
	} {
		if diff := (test.got - test.want).Abs(); diff > test.want/500 {
			t.Errorf("%s: got %v, want %v", test.name, test.got, test.want)
		}
	}
	if row.Count != 1001 || row.OK != 1000 || row.Unanswered != 1 || row.PerSecond != 100 {
		t.Errorf("got %+v, want 1001 operations, 1000 ok at 100/s, 1 unanswered", row)
	}
}

func TestRecorder_RowsPerClassAndDirection(t *testing.T) {
	r := newRun()
	r.sample(workload.Op{Class: workload.Tags, Kind: workload.Read}, 0, 0, time.Millisecond, 200, nil)
	r.sample(incr, 0, 0, time.Millisecond, 422, nil)
	r.sample(workload.Op{Class: workload.Tags, Kind: workload.Add}, 0, 0, time.Millisecond, 503, nil)
	var got []string
	for _, row := range r.Report(1, r.start, time.Second).Rows {
		got = append(got, fmt.Sprintf("%s %d/%d/%d/%d", row.Name, row.OK, row.Refused, row.Unavailable, row.Unanswered))
	}
	if want := "counter 0/1/0/0, tags 0/0/1/0, tags read 1/0/0/0"; strings.Join(got, ", ") != want {
		t.Errorf("got %v, want %s", got, want)
	}
}

func TestRecorder_LongestGapPerPlace(t *testing.T) {
	r := newRun()
	const ms = time.Millisecond
	r.sample(incr, 0, 900*ms, 100*ms, 200, nil)
	r.sample(incr, 0, 2000*ms, 100*ms, 503, nil) // no good answer: the gap goes on
	r.sample(incr, 0, 2100*ms, 100*ms, 0, errors.ErrUnsupported)
	r.sample(incr, 0, 3400*ms, 100*ms, 200, nil)
	r.sample(incr, 0, 3500*ms, 100*ms, 200, nil)
	r.sample(incr, 1, 400*ms, 100*ms, 200, nil)
	got := r.Report(1, r.start, 5*time.Second).Places
	if want := (Gap{2500 * ms, 1000 * ms}); got[0].LongestGap != want {
		t.Errorf("us: got %+v, want %+v", got[0].LongestGap, want)
	}
	if want := (Gap{4500 * ms, 500 * ms}); got[1].LongestGap != want { // until the end of the run
		t.Errorf("eu: got %+v, want %+v", got[1].LongestGap, want)
	}
	if got[0].ServedBy["ap"] != 4 || got[1].ServedBy["ap"] != 1 {
		t.Errorf("served by: got %v and %v, want ap 4 and ap 1", got[0].ServedBy, got[1].ServedBy)
	}
}

func TestRecorder_TalliesCountersByOutcome(t *testing.T) {
	r := newRun()
	decr := incr
	decr.Kind, decr.By = workload.Decr, 1
	r.sample(incr, 0, 0, 0, 200, nil)
	r.sample(decr, 0, 0, 0, 200, nil)
	r.sample(incr, 0, 0, 0, 503, nil)
	r.sample(incr, 0, 0, 0, 422, nil)
	r.sample(incr, 0, 0, 0, 504, nil)
	r.sample(decr, 0, 0, 0, 0, io.EOF)
	r.sample(incr, 0, 0, 0, 0, client.ErrNotSent)
	r.sample(workload.Op{Class: workload.Counter, Kind: workload.Read, Key: "a"}, 0, 0, 0, 200, nil)
	want := tally.Counter{Incr: 2, Decr: 1, UnansweredIncrs: 2, UnansweredDecrs: 1}
	if got := r.Tally().Counters["a"]; got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

func TestReport_VerdictsAndText(t *testing.T) {
	r := newRun()
	for range 99 {
		r.sample(incr, 0, 0, 3*time.Millisecond, 200, nil)
	}
	report := r.Report(100, r.start, time.Second)
	if !report.Held() || report.GeneratorSaturated() {
		t.Errorf("99 of 100: got held %v, saturated %v, want true and false", report.Held(), report.GeneratorSaturated())
	}
	report.Pacing.Backlog = 101
	if report.Held() {
		t.Error("held with a backlog of more than a second's load")
	}
	report = r.Report(101, r.start, time.Second)
	report.Pacing.Saturated = 7
	if report.Held() || !report.GeneratorSaturated() {
		t.Errorf("99 of 101: got held %v, saturated %v, want false and true", report.Held(), report.GeneratorSaturated())
	}
	var out strings.Builder
	report.Print(&out)
	for _, want := range []string{"│ counter │    99 │", "NOT held", "GENERATOR SATURATED: 7 operations", "near us: longest gap", "served by ap 99", "near eu: longest gap 1.00 s"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("the report lacks %q:\n%s", want, out.String())
		}
	}
}
