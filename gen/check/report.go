package check

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"pangea/gen/tally"
)

// Report is what a check found.
type Report struct {
	Tally   *tally.Tally
	Regions int
	Checked int       // counters, read from all regions
	Wrong   []Counter // in the order of their keys
	Took    time.Duration
}

// Counter is one counter as the regions show it.
type Counter struct {
	Key       string
	Low, High int64
	Values    []Value
}

// Value is what one region says.
type Value struct {
	Region string
	Value  int64
	Err    error
}

// note takes the counters of a pass in: all of them in the first one, those that
// were still wrong in a later one.
func (r *Report) note(found []Counter) {
	r.Wrong = nil
	for _, c := range found {
		if c.Problem() != "" {
			r.Wrong = append(r.Wrong, c)
		}
	}
}

func (r *Report) wrong() []string {
	var keys []string
	for _, c := range r.Wrong {
		keys = append(keys, c.Key)
	}
	return keys
}

// Problem says in a sentence what is wrong with the counter, or nothing.
func (c Counter) Problem() string {
	for _, v := range c.Values {
		switch {
		case v.Err != nil:
			return fmt.Sprintf("%s cannot be asked: %v", v.Region, v.Err)
		case v.Value < c.Low:
			return fmt.Sprintf("%s has %d less than was acknowledged: a write was lost, or has not arrived", v.Region, c.Low-v.Value)
		case v.Value > c.High:
			return fmt.Sprintf("%s has %d more than was sent: a write counted twice, or another run's tally is missing", v.Region, v.Value-c.High)
		}
	}
	for _, v := range c.Values[1:] {
		if v.Value != c.Values[0].Value {
			return "the regions disagree: a write has not arrived everywhere"
		}
	}
	return ""
}

func (c Counter) String() string {
	var values []string
	for _, v := range c.Values {
		if v.Err == nil {
			values = append(values, fmt.Sprintf("%s=%d", v.Region, v.Value))
		}
	}
	return fmt.Sprintf("%s: want %d to %d, got %s: %s", c.Key, c.Low, c.High, strings.Join(values, " "), c.Problem())
}

// shown is how many violations are worth reading.
const shown = 50

// Print writes the report for a person.
func (r *Report) Print(out io.Writer) {
	sum := r.Tally.Sum()
	low, high := sum.Interval()
	fmt.Fprintf(out, "acknowledged: %d counter writes, +%d -%d\n", r.Tally.Acknowledged, sum.Incr, sum.Decr)
	fmt.Fprintf(out, "unanswered:   %d counter writes, +%d -%d\n", r.Tally.Unanswered, sum.UnansweredIncrs, sum.UnansweredDecrs)
	fmt.Fprintf(out, "checked:      %d counters in %d regions in %.1f s; their sum must lie in [%d, %d]\n",
		r.Checked, r.Regions, r.Took.Seconds(), low, high)
	silent, rest := bySilence(r.Wrong)
	for _, v := range silent {
		fmt.Fprintf(out, "  %s cannot be asked: %v\n", v.Region, v.Err)
	}
	for _, c := range rest[:min(len(rest), shown)] {
		fmt.Fprintln(out, "  "+c.String())
	}
	if more := len(rest) - shown; more > 0 {
		fmt.Fprintf(out, "  … and %d more\n", more)
	}
	if len(r.Wrong) > 0 {
		fmt.Fprintf(out, "FAILED: %d of %d counters are wrong\n", len(r.Wrong), r.Checked)
		return
	}
	fmt.Fprintln(out, "PASSED: every counter lies in its interval in every region, and all regions agree")
}

// bySilence takes out the counters that are wrong because a region did not
// answer, and keeps one error per region: a region that is down is one fault.
func bySilence(wrong []Counter) (silent []Value, rest []Counter) {
	seen := map[string]bool{}
	for _, c := range wrong {
		i := slices.IndexFunc(c.Values, func(v Value) bool { return v.Err != nil })
		if i < 0 {
			rest = append(rest, c)
			continue
		}
		if v := c.Values[i]; !seen[v.Region] {
			seen[v.Region] = true
			silent = append(silent, v)
		}
	}
	return silent, rest
}
