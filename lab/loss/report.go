package loss

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/jedib0t/go-pretty/v6/table"

	"pangea/gen"
)

// Report is what an experiment found, and what its figures must be read with.
type Report struct {
	Command string      `json:"command,omitempty"`
	Seed    uint64      `json:"seed"`
	Rate    float64     `json:"rate"`
	Started time.Time   `json:"started"`
	Machine gen.Machine `json:"machine"`
	Rounds  []*Round    `json:"rounds"`
}

// Broken is how many rounds broke a promise.
func (r *Report) Broken() int {
	n := 0
	for _, round := range r.Rounds {
		if round.Broken() {
			n++
		}
	}
	return n
}

// Print writes the report for a person; of no rounds there is none.
func (r *Report) Print(out io.Writer) {
	if len(r.Rounds) == 0 {
		return
	}
	t := table.NewWriter()
	t.SetStyle(table.StyleLight)
	t.AppendHeader(table.Row{
		"round", "lost", "at s", "away s", "ready after s", "whole after s",
		"lost local acks", "of ms", "acks to keep", "missing acks", "missing entries", "unchecked", "verify",
	})
	for _, round := range r.Rounds {
		t.AppendRow(round.row())
	}
	t.AppendSeparator()
	t.AppendRow(r.summary("p50", median))
	t.AppendRow(r.summary("max", slices.Max[[]float64]))
	fmt.Fprintf(out, "%s\n", t.Render())
	fmt.Fprintf(out, "seed %d, %g operations/s; %s; %s at %s; %d cores, %s, %s\n", r.Seed, r.Rate,
		r.Command, cmp.Or(r.Machine.Commit, "unknown commit"), r.Started.UTC().Format(time.RFC3339),
		r.Machine.Cores, r.Machine.Platform, r.Machine.Go)
	if n := r.Broken(); n > 0 {
		fmt.Fprintf(out, "FAILED: %d of %d rounds broke a promise, or did not check it\n", n, len(r.Rounds))
		return
	}
	fmt.Fprintf(out, "PASSED: in %d rounds nothing is missing that a survivor had stored or that was acknowledged to stay\n", len(r.Rounds))
}

func (r *Round) row() table.Row {
	verify := "equal"
	if !r.Verified {
		verify = "no"
	}
	return table.Row{
		r.Number, r.Region, seconds(r.At), seconds(r.Away), seconds(r.Ready), seconds(r.Whole),
		r.Lost, r.LostSpan.Milliseconds(), r.Owed.total(), len(r.MissingAcks), len(r.MissingEntries), len(r.Unchecked), verify,
	}
}

// summary is a row of one figure of each column that is measured, over the rounds that
// were completed.
func (r *Report) summary(name string, figure func([]float64) float64) table.Row {
	of := func(value func(*Round) float64) float64 {
		var values []float64
		for _, round := range r.Rounds {
			if round.Error == "" {
				values = append(values, value(round))
			}
		}
		if len(values) == 0 {
			return 0
		}
		return figure(values)
	}
	return table.Row{
		name, "", "", "",
		fmt.Sprintf("%.1f", of(func(r *Round) float64 { return r.Ready.Seconds() })),
		fmt.Sprintf("%.1f", of(func(r *Round) float64 { return r.Whole.Seconds() })),
		of(func(r *Round) float64 { return float64(r.Lost) }),
		of(func(r *Round) float64 { return float64(r.LostSpan.Milliseconds()) }),
		of(func(r *Round) float64 { return float64(r.Owed.total()) }),
		of(func(r *Round) float64 { return float64(len(r.MissingAcks)) }),
		of(func(r *Round) float64 { return float64(len(r.MissingEntries)) }),
	}
}

// median is the lower one of an even number.
func median(values []float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	return sorted[(len(sorted)-1)/2]
}

func seconds(d time.Duration) string { return fmt.Sprintf("%.1f", d.Seconds()) }
