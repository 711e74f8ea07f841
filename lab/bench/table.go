package bench

import (
	"cmp"
	"fmt"
	"io"
	"math"
	"strings"
	"time"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"

	"pangea/lab/trend"
)

// Print writes the report for a person; of no runs there is none.
func (r *Report) Print(out io.Writer) {
	if len(r.Runs) == 0 {
		return
	}
	t := table.NewWriter()
	t.SetStyle(table.StyleLight)
	t.Style().Format.Header = text.FormatDefault
	header := table.Row{"", ""}
	for _, way := range Ways() {
		header = append(header, string(way))
	}
	t.AppendHeader(header)
	for _, s := range r.sections() {
		t.AppendSeparator()
		t.AppendRow(table.Row{strings.ToUpper(s.name)})
		for _, f := range s.figures {
			t.AppendRow(r.row(f))
		}
	}
	fmt.Fprintln(out, t.Render())
	fmt.Fprintf(out, "Each is the median of %d runs of %v, with the lowest and the highest. Two figures are p50 / p99.\n",
		r.Config.Rounds, r.Config.Duration)
	fmt.Fprintf(out, "Visible: from the acknowledgement at the origin until another region shows it. Message: over the same link's proxy.\n")
	fmt.Fprintf(out, "The generator %s.\n", map[bool]string{
		true: "had the processor first", false: "had to wait for the processor like all others, which its latencies include",
	}[r.First])
	fmt.Fprintf(out, "%g operations/s, %d%% reads, %s, %d keys; seed %d; %s\n", r.Config.Rate, r.Config.Reads, r.Config.Mix,
		r.Config.Keys, r.Config.Seed, r.Command)
	fmt.Fprintf(out, "%s at %s; %d cores, %s, %s\n", cmp.Or(r.Machine.Commit, "unknown commit"),
		r.Started.UTC().Format(time.RFC3339), r.Machine.Cores, r.Machine.Platform, r.Machine.Go)
}

func (r *Report) row(f figure) table.Row {
	row := table.Row{f.name, f.unit}
	for _, way := range Ways() {
		row = append(row, r.cell(f, way))
	}
	return row
}

// cell is what the runs of one way yielded.
func (r *Report) cell(f figure, way Way) string {
	var values [][]float64 // by place in the figure
	for _, run := range r.Runs {
		if run.Way != way {
			continue
		}
		for i, v := range f.of(run) {
			if i == len(values) {
				values = append(values, nil)
			}
			values[i] = append(values[i], v)
		}
	}
	var parts []string
	for _, v := range values {
		s := trend.Summarise(v)
		part := short(s.Median)
		if s.Count > 1 {
			part += fmt.Sprintf(" (%s to %s)", short(s.Low), short(s.High))
		}
		parts = append(parts, part)
	}
	return cmp.Or(strings.Join(parts, " / "), "-")
}

// short has the digits that a person reads.
func short(v float64) string {
	switch {
	case v == math.Trunc(v) || math.Abs(v) >= 100:
		return fmt.Sprintf("%.0f", v)
	case math.Abs(v) >= 1:
		return fmt.Sprintf("%.1f", v)
	}
	return fmt.Sprintf("%.2f", v)
}
