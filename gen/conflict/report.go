package conflict

import (
	"fmt"
	"io"

	"github.com/jedib0t/go-pretty/v6/table"

	"pangea/gen/measure"
)

// Report is what became of all pairs.
type Report struct {
	Config       Config    `json:"config"`
	Pairs        int       `json:"pairs"`        // sent
	Acknowledged int       `json:"acknowledged"` // pairs of which both writes were
	Unanswered   int       `json:"unanswered"`   // writes that may stand or not
	Lost         int       `json:"lost"`         // pairs of which an acknowledged write is gone
	Ordered      int       `json:"ordered"`      // pairs whose second write was sent after the first was answered
	OlderWon     int       `json:"older_won"`    // of these, where the second is gone
	Wrong        []Verdict `json:"wrong"`        // pairs on which regions differ, or that hold what nobody wrote
	Verdicts     []Verdict `json:"-"`
}

func (c *Conflict) report(verdicts []Verdict) *Report {
	r := &Report{Config: c.cfg, Pairs: len(verdicts), Verdicts: verdicts, Wrong: []Verdict{}}
	for i := range verdicts {
		v := &verdicts[i]
		r.Acknowledged += count(v.Acknowledged())
		for _, outcome := range v.Outcome {
			r.Unanswered += count(outcome == measure.Unanswered)
		}
		r.Lost += count(v.Lost())
		r.Ordered += count(v.Ordered())
		r.OlderWon += count(v.OlderWon())
		if v.Problem != "" {
			r.Wrong = append(r.Wrong, *v)
		}
	}
	return r
}

func count(b bool) int {
	if b {
		return 1
	}
	return 0
}

// Answered reports whether nearly all pairs were acknowledged.
func (r *Report) Answered() bool { return r.Pairs > 0 && r.Acknowledged*100 >= r.Pairs*99 }

// Err says what the class had promised and did not keep, or nothing.
func (r *Report) Err() error {
	switch {
	case len(r.Wrong) > 0:
		return fmt.Errorf("%d of %d keys are wrong, the first: %s: %s", len(r.Wrong), r.Pairs, r.Wrong[0].Pair.Key, r.Wrong[0].Problem)
	case !r.Answered():
		return fmt.Errorf("%d of %d pairs were acknowledged: too few to show anything", r.Acknowledged, r.Pairs)
	case keeps(r.Config.Class) && r.Lost > 0:
		return fmt.Errorf("%d of %d pairs lost a write, and a %s loses none", r.Lost, r.Pairs, r.Config.Class)
	}
	return nil
}

// Print writes the report for a person.
func (r *Report) Print(out io.Writer) {
	t := table.NewWriter()
	t.SetOutputMirror(out)
	t.SetStyle(table.StyleLight)
	t.AppendRows([]table.Row{
		{"pairs of writes to one key", r.Pairs},
		{"both acknowledged", r.Acknowledged},
		{"writes without an answer", r.Unanswered},
		{map[bool]string{false: "pairs that lost an acknowledged write", true: "pairs with one write left, as it should be"}[r.Config.Seen], r.Lost},
		{"second sent after the first was answered", r.Ordered},
		{"of these, the second is gone", r.OlderWon},
		{"keys that differ or are wrong", len(r.Wrong)},
	})
	t.Render()
}
