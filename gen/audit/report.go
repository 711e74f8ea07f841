package audit

import (
	"encoding/json"
	"fmt"
	"io"

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
	First      []Violation `json:"first,omitempty"` // some of them
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

// Violated is how many there are of all properties.
func (r *Report) Violated() (sum int) {
	for _, p := range r.Properties {
		sum += p.Violated
	}
	return sum
}

// Print writes the report for a person: a line for each property, then what is wrong.
func (r *Report) Print(out io.Writer) {
	t := table.NewWriter()
	t.SetStyle(table.StyleLight)
	t.Style().Format.Header = text.FormatDefault
	t.AppendHeader(table.Row{"property", "promise", "checked", "unanswered", "violated"})
	for _, p := range r.Properties {
		t.AppendRow(table.Row{p.Name, p.Promise, fmt.Sprintf("%d %s", p.Checked, p.Unit), p.Unanswered, p.Violated})
	}
	var right []table.ColumnConfig
	for column := 3; column <= 5; column++ {
		right = append(right, table.ColumnConfig{Number: column, Align: text.AlignRight, AlignHeader: text.AlignRight})
	}
	t.SetColumnConfigs(right)
	fmt.Fprintf(out, "run %s, %d operations\n%s\n", r.Run, r.Operations, t.Render())
	for _, p := range r.Properties {
		p.printViolations(out)
	}
	if n := r.Violated(); n > 0 {
		fmt.Fprintf(out, "FAILED: %d violations\n", n)
		return
	}
	fmt.Fprintln(out, "PASSED: nothing contradicts what clients were told")
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
