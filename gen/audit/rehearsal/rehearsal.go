package rehearsal

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"

	"pangea/gen/audit"
)

// How much Run does.
const (
	histories  = 20  // for each fault
	clean      = 100 // without any
	operations = 120 // of the other clients, in each history
)

// Report is what a rehearsal showed of the judge: a finding for each fault, and for none.
type Report struct {
	Seed     uint64
	Findings []Finding
}

// Finding is a fault, and in how many histories it was planted, was found, and had the judge
// accuse anything else.
type Finding struct {
	Fault
	Planted, Found, Misjudged int
	Misjudgement              string // the first
}

// Run judges histories that follow from the seed. It tells progress how many it has done.
func Run(ctx context.Context, seed uint64, progress func(done, of int)) (*Report, error) {
	r := &Report{Seed: seed}
	faults := Faults()
	done, all := 0, len(faults)*histories+clean
	rehearse := func(f Fault, times int) error {
		finding := Finding{Fault: f}
		for i := range uint64(times) {
			if err := cmp.Or(finding.judge(seed+i, operations), ctx.Err()); err != nil {
				return err
			}
			done++
			progress(done, all)
		}
		r.Findings = append(r.Findings, finding)
		return nil
	}
	for _, f := range faults {
		if err := rehearse(f, histories); err != nil {
			return nil, err
		}
	}
	return r, rehearse(none(), clean)
}

// judge judges one more history with the fault in it.
func (f *Finding) judge(seed uint64, operations int) error {
	s, err := f.Plant(seed, operations)
	if err != nil {
		return err
	}
	report, err := s.judge()
	if err != nil {
		return fmt.Errorf("%s, seed %d: %w", f.Name, seed, err)
	}
	f.Planted++
	if f.foundBy(report) {
		f.Found++
	}
	if wrong := f.misjudgedBy(report); wrong != "" {
		f.Misjudged++
		f.Misjudgement = cmp.Or(f.Misjudgement, fmt.Sprintf("seed %d, %s", seed, wrong))
	}
	return nil
}

func (s *Scene) judge() (*audit.Report, error) {
	return audit.Judge(s.History, s.State, func(int, int) {})
}

// foundBy reports whether the property says so that must. Nothing is there to find of none.
func (f Fault) foundBy(report *audit.Report) bool {
	return len(f.Breaks) == 0 || slices.ContainsFunc(report.Properties, func(p audit.Property) bool {
		return p.Name == f.Breaks[0] && p.Violated > 0
	})
}

// misjudgedBy returns an accusation that is not of the fault: by another property, or, but
// for the books, which know of no keys, of another key. It is "" if there is none.
func (f Fault) misjudgedBy(report *audit.Report) string {
	for _, p := range report.Properties {
		for _, v := range p.First {
			if !slices.Contains(f.Breaks, p.Name) || p.Name != "books" && !strings.Contains(v.Text, key) {
				return p.Name + ": " + v.Text
			}
		}
		for _, open := range p.Undecided {
			return p.Name + ": not decided: " + open
		}
	}
	return ""
}

// Err says which fault was missed, or what was accused wrongly.
func (r *Report) Err() error {
	for _, f := range r.Findings {
		if f.Found < f.Planted {
			return fmt.Errorf("the check is blind: %q was found in %d of %d histories", f.Name, f.Found, f.Planted)
		}
		if f.Misjudged > 0 {
			return fmt.Errorf("the check accuses what is right, in %d of %d histories with the fault %q: %s", f.Misjudged, f.Planted, f.Name, f.Misjudgement)
		}
	}
	return nil
}

// Print writes the report for a person.
func (r *Report) Print(out io.Writer) {
	t := table.NewWriter()
	t.SetStyle(table.StyleLight)
	t.Style().Format.Header = text.FormatDefault
	t.AppendHeader(table.Row{"planted fault", "property", "histories", "found", "else accused"})
	t.SetColumnConfigs([]table.ColumnConfig{{Number: 4, Align: text.AlignRight}})
	for _, f := range r.Findings {
		if len(f.Breaks) == 0 {
			t.AppendRow(table.Row{f.Name, "", f.Planted, "", f.Misjudged})
			continue
		}
		t.AppendRow(table.Row{f.Name, f.Breaks[0], f.Planted, f.Found, f.Misjudged})
	}
	fmt.Fprintf(out, "%s\nseed %d\n", t.Render(), r.Seed)
}
