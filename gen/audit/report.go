package audit

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"

	"pangea/gen/history"
)

// Report is what was decided.
type Report struct {
	Run        string     `json:"run"`
	Operations int        `json:"operations"`
	Properties []Property `json:"properties"`
}

// Property is a promise, and how often it was seen kept.
type Property struct {
	Name       string      `json:"name"`
	Promise    string      `json:"promise"`
	Unit       string      `json:"unit"`       // of checked and unanswered
	Checked    int         `json:"checked"`    // that rest on an answer, or may have happened without one
	Unanswered int         `json:"unanswered"` // of these
	Violated   int         `json:"violated"`
	First      []Violation `json:"first,omitempty"`     // some of them
	Undecided  []string    `json:"undecided,omitempty"` // what, and why
}

// Violation is one, and the operations that prove it.
type Violation struct {
	Text    string           `json:"text"`
	Records []history.Record `json:"records,omitempty"`
}

// How many violations of a property are worth reading, and operations of a violation.
const (
	shown        = 5
	longestProof = 12
)

// count adds a write, or an answer, to what was checked.
func (p *Property) count(o *operation) {
	p.Checked++
	if o.open() {
		p.Unanswered++
	}
}

// violate notes a violation.
func (p *Property) violate(text string, proof ...*operation) {
	p.Violated++
	if len(p.First) == shown {
		return
	}
	v := Violation{Text: text}
	for _, o := range proof[:min(len(proof), longestProof)] {
		v.Records = append(v.Records, *o.Record)
	}
	p.First = append(p.First, v)
}

// leave notes what could not be decided.
func (p *Property) leave(text string) { p.Undecided = append(p.Undecided, text) }

// Add takes in what another history of the same kind decided.
func (r *Report) Add(other *Report) {
	r.Operations += other.Operations
	if r.Properties == nil {
		r.Properties = slices.Clone(other.Properties)
		return
	}
	for i, p := range other.Properties {
		sum := &r.Properties[i]
		sum.Checked, sum.Unanswered, sum.Violated = sum.Checked+p.Checked, sum.Unanswered+p.Unanswered, sum.Violated+p.Violated
		sum.First = append(sum.First, p.First[:min(len(p.First), shown-len(sum.First))]...)
		sum.Undecided = append(sum.Undecided, p.Undecided...)
	}
}

// Violated is how many violations there are of all properties.
func (r *Report) Violated() (sum int) {
	for _, p := range r.Properties {
		sum += p.Violated
	}
	return sum
}

// Undecided is how many questions were left open, of all properties.
func (r *Report) Undecided() (sum int) {
	for _, p := range r.Properties {
		sum += len(p.Undecided)
	}
	return sum
}

// Err is nil if all was decided, and nothing contradicts what clients were told.
func (r *Report) Err() error {
	switch {
	case r.Violated() > 0:
		return errors.New("the regions contradict what clients were told")
	case r.Undecided() > 0:
		return errors.New("not decided: too many operations of one handle were under way at once: record a run with more -keys or a lower -rate")
	}
	return nil
}

// Print writes the report for a person: a line for each property, then what is wrong.
func (r *Report) Print(out io.Writer) {
	t := table.NewWriter()
	t.SetStyle(table.StyleLight)
	t.Style().Format.Header = text.FormatDefault
	t.AppendHeader(table.Row{"property", "promise", "checked", "unanswered", "undecided", "violated"})
	for _, p := range r.Properties {
		t.AppendRow(table.Row{p.Name, p.Promise, fmt.Sprintf("%d %s", p.Checked, p.Unit), p.Unanswered, len(p.Undecided), p.Violated})
	}
	var right []table.ColumnConfig
	for column := 3; column <= 6; column++ {
		right = append(right, table.ColumnConfig{Number: column, Align: text.AlignRight, AlignHeader: text.AlignRight})
	}
	t.SetColumnConfigs(right)
	fmt.Fprintf(out, "run %s, %d operations\n%s\n", r.Run, r.Operations, t.Render())
	for _, p := range r.Properties {
		p.printViolations(out)
		for _, open := range p.Undecided {
			fmt.Fprintf(out, "%s, not decided: %s\n", p.Name, open)
		}
	}
	switch violated, undecided := r.Violated(), r.Undecided(); {
	case violated > 0:
		fmt.Fprintf(out, "FAILED: %d violations\n", violated)
	case undecided > 0:
		fmt.Fprintf(out, "NOT DECIDED: %d handles; nothing else contradicts what clients were told\n", undecided)
	default:
		fmt.Fprintln(out, "PASSED: nothing contradicts what clients were told")
	}
}

func (p *Property) printViolations(out io.Writer) {
	for i, v := range p.First {
		fmt.Fprintf(out, "\n%s, violation %d of %d: %s\n", p.Name, i+1, p.Violated, v.Text)
		for _, r := range v.Records {
			line, err := json.Marshal(r)
			if err != nil {
				line = []byte(err.Error())
			}
			fmt.Fprintf(out, "  %s\n", line)
		}
	}
	if len(p.First) > 0 {
		fmt.Fprintln(out)
	}
}
