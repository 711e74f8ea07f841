package wrk

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"
)

// Result is what became of the load on one target.
type Result struct {
	Target   string        `json:"target"`
	Elapsed  time.Duration `json:"elapsed_ns"`
	Requests uint64        `json:"requests"` // that were answered, in whatever way
	Writes   uint64        `json:"writes"`   // rows that were acknowledged

	// Errors counts failures by kind: connect, read, write and timeout are of requests
	// without an answer, status of those answered with 400 or above. A number is the
	// status of lines of /batch. wrk tells no more of single writes: a look at each answer
	// would cost its client as much as the write costs the server.
	Errors map[string]uint64 `json:"errors,omitempty"`

	Latency Latency `json:"latency"` // of requests
}

// Latency is the distribution of what requests took.
type Latency struct {
	P50  time.Duration `json:"p50_ns"`
	P90  time.Duration `json:"p90_ns"`
	P99  time.Duration `json:"p99_ns"`
	P999 time.Duration `json:"p999_ns"`
	Max  time.Duration `json:"max_ns"`
}

// WritesPerSecond is the rate of acknowledged rows.
func (r Result) WritesPerSecond() float64 {
	if r.Elapsed == 0 {
		return 0
	}
	return float64(r.Writes) / r.Elapsed.Seconds()
}

// Failed is the sum of all errors.
func (r Result) Failed() uint64 {
	sum := uint64(0)
	for n := range maps.Values(r.Errors) {
		sum += n
	}
	return sum
}

// Total adds up results of one load. Its latency is that of the slowest target in each
// quantile, since quantiles do not add up.
func Total(results []Result) Result {
	total := Result{Target: "all", Errors: map[string]uint64{}}
	for _, r := range results {
		total.Elapsed = max(total.Elapsed, r.Elapsed)
		total.Requests += r.Requests
		total.Writes += r.Writes
		for kind, n := range r.Errors {
			total.Errors[kind] += n
		}
		total.Latency = total.Latency.worse(r.Latency)
	}
	return total
}

func (l Latency) worse(m Latency) Latency {
	return Latency{
		P50: max(l.P50, m.P50), P90: max(l.P90, m.P90), P99: max(l.P99, m.P99),
		P999: max(l.P999, m.P999), Max: max(l.Max, m.Max),
	}
}

// output is the line that the script leaves; times are in microseconds.
type output struct {
	Elapsed  int64             `json:"elapsed"`
	Requests uint64            `json:"requests"`
	Writes   uint64            `json:"writes"`
	Errors   map[string]uint64 `json:"errors"`
	Latency  []int64           `json:"latency"`
}

// read finds the script's line in what wrk printed.
func read(target string, printed []byte) (Result, error) {
	lines := bytes.Split(bytes.TrimSpace(printed), []byte("\n"))
	i := slices.IndexFunc(lines, func(line []byte) bool { return bytes.HasPrefix(line, []byte("{")) })
	if i < 0 {
		return Result{}, fmt.Errorf("wrk printed no result: %s", lines[len(lines)-1])
	}
	var out output
	if err := json.Unmarshal(lines[i], &out); err != nil {
		return Result{}, fmt.Errorf("read wrk's result %s: %w", lines[i], err)
	}
	if len(out.Latency) != 5 || out.Elapsed <= 0 {
		return Result{}, errors.New("wrk measured nothing")
	}
	maps.DeleteFunc(out.Errors, func(_ string, n uint64) bool { return n == 0 })
	micro := func(i int) time.Duration { return time.Duration(out.Latency[i]) * time.Microsecond }
	return Result{
		Target: target, Elapsed: time.Duration(out.Elapsed) * time.Microsecond,
		Requests: out.Requests, Writes: out.Writes, Errors: out.Errors,
		Latency: Latency{P50: micro(0), P90: micro(1), P99: micro(2), P999: micro(3), Max: micro(4)},
	}, nil
}
