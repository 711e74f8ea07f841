package rehearsal

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"slices"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"

	"pangea/gen/audit"
)

// How much Run does.
const (
	histories  = 20 // for each fault
	clean      = 100
	operations = 120 // of the other clients, in each history
)

// Report is what a rehearsal showed of the judge.
type Report struct {
	Seed     uint64
	Faults   []Finding
	Clean    int // histories without a fault
	Accused  int // of these, where it found one
	Accusing string
}

// Finding is a fault, in how many histories it was planted, and in how many it was found.
type Finding struct {
	Fault
	Planted, Found int
}

// Run judges histories that follow from the seed. It tells progress how many it has done.
func Run(ctx context.Context, seed uint64, progress func(done, of int)) (*Report, error) {
	r := &Report{Seed: seed}
	faults := Faults()
	done, all := 0, len(faults)*histories+clean
	step := func(err error) error {
		done++
		progress(done, all)
		return cmp.Or(err, ctx.Err())
	}
	for _, f := range faults {
		finding := Finding{Fault: f}
		for i := range uint64(histories) {
			found, err := f.found(seed+i, operations)
			if err = step(err); err != nil {
				return nil, err
			}
			finding.Planted++
			finding.Found += found
		}
		r.Faults = append(r.Faults, finding)
	}
	for i := range uint64(clean) {
		if err := step(r.judgeClean(seed + i)); err != nil {
			return nil, err
		}
	}
	return r, nil
}

// found is 1 if the judge finds the fault in a history, by the property that it breaks.
func (f Fault) found(seed uint64, operations int) (int, error) {
	s, err := f.Plant(seed, operations)
	if err != nil {
		return 0, err
	}
	report, err := s.judge()
	if err != nil {
		return 0, fmt.Errorf("%s, seed %d: %w", f.Name, seed, err)
	}
	i := slices.IndexFunc(report.Properties, func(p audit.Property) bool { return p.Name == f.Breaks })
	return min(report.Properties[i].Violated, 1), nil
}

func (s *Scene) judge() (*audit.Report, error) {
	return audit.Judge(s.History, s.State, func(int, int) {})
}

// judgeClean counts a history without a fault.
func (r *Report) judgeClean(seed uint64) error {
	sc := newScene(seed)
	sc.play(operations)
	s, err := sc.end()
	if err != nil {
		return err
	}
	report, err := s.judge()
	if err != nil {
		return fmt.Errorf("clean history, seed %d: %w", seed, err)
	}
	r.Clean++
	for _, p := range report.Properties {
		if p.Violated > 0 {
			r.Accused++
			r.Accusing = fmt.Sprintf("seed %d, %s: %s", seed, p.Name, p.First[0].Text)
			return nil
		}
	}
	return nil
}

// Err says which faults were missed, or nothing.
func (r *Report) Err() error {
	for _, f := range r.Faults {
		if f.Found < f.Planted {
			return fmt.Errorf("the check is blind: %q was found in %d of %d histories", f.Name, f.Found, f.Planted)
		}
	}
	if r.Accused > 0 {
		return fmt.Errorf("the check accuses %d of %d histories without a fault: %s", r.Accused, r.Clean, r.Accusing)
	}
	return nil
}

// Print writes the report for a person.
func (r *Report) Print(out io.Writer) {
	t := table.NewWriter()
	t.SetStyle(table.StyleLight)
	t.Style().Format.Header = text.FormatDefault
	t.AppendHeader(table.Row{"planted fault", "property", "histories", "found"})
	for _, f := range r.Faults {
		t.AppendRow(table.Row{f.Name, f.Breaks, f.Planted, f.Found})
	}
	fmt.Fprintf(out, "%s\nseed %d; %d histories without a fault, of which %d are accused of one\n", t.Render(), r.Seed, r.Clean, r.Accused)
}
