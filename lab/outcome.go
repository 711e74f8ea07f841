package lab

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"time"

	"pangea/lab/results"
)

// outcome is what came of one experiment of all.
type outcome struct {
	planned
	took   time.Duration
	record *results.Record // nil if it left none
	err    error           // never nil without a record
}

// run calls the command of one, as if it had been typed.
func (e *experiment) run(ctx context.Context, p planned) outcome {
	args := append([]string{"lab", "-root", e.String("root"), p.name}, e.given("only")...)
	command := Command()
	command.Writer = e.Root().Writer
	begun := time.Now()
	o := outcome{planned: p, err: command.Run(ctx, args)}
	o.took = time.Since(begun)
	r, err := results.Read(filepath.Join(e.directory(), p.name+".json"))
	switch {
	case err == nil && r.Started.After(begun):
		o.record = r
	case o.err == nil:
		o.err = errors.New("it ended well, and left no record")
	}
	return o
}

// row is the outcome in a line, and one more for each claim that is broken.
func (o outcome) row() []string {
	took := o.took.Round(time.Second).String()
	if o.record == nil {
		return []string{o.name, "–", took, "none", o.err.Error()}
	}
	all, broken := len(o.record.Claims), len(o.record.Broken())
	return []string{o.name, fmt.Sprintf("%d of %d", all-broken, all), took, o.name + ".md", strings.Join(o.trouble(), "\n")}
}

// trouble is the claims that are broken, or what else went wrong after the record was left.
func (o outcome) trouble() (all []string) {
	for _, c := range o.record.Broken() {
		text := fmt.Sprintf("%s: %s", c.Text, c.Found)
		if c.Speed {
			text += " (a busy machine may break it)"
		}
		all = append(all, text)
	}
	if len(all) == 0 && o.err != nil {
		return []string{o.err.Error()}
	}
	return all
}

func printOutcomes(out io.Writer, outcomes []outcome) {
	t := results.Table{Caption: "What came of all:", Header: []string{"experiment", "claims held", "took", "record", "broken"}}
	for _, o := range outcomes {
		t.Add(o.row()...)
	}
	fmt.Fprintln(out)
	t.Print(out)
}

// verdictOf is an error unless all claims of all held.
func verdictOf(outcomes []outcome) error {
	var broken []string
	for _, o := range outcomes {
		if o.err != nil {
			broken = append(broken, o.name)
		}
	}
	if len(broken) == 0 {
		return nil
	}
	return errors.New("not everything holds: see " + strings.Join(broken, ", ") + " above")
}
