package measure

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"
)

// Print writes the report for a person.
func (r *Report) Print(out io.Writer) {
	fmt.Fprintln(out, r.latencyTable())
	fmt.Fprintln(out, "Latency in ms, of the ok ones, from when each was due. Unavailable: 503 or no connection, no effect.")
	fmt.Fprintln(out, "Unanswered: 504, cut or timed out after it was sent, so it may stand.")
	fmt.Fprintln(out)
	verdict := "held"
	if !r.Held() {
		verdict = "NOT held"
	}
	fmt.Fprintf(out, "rate: offered %.1f/s, sent %.1f/s, ok %.1f/s for %v, %d in flight at the end: %s\n", r.Offered,
		float64(r.Total.Count)/max(r.Elapsed, time.Nanosecond).Seconds(), r.Total.PerSecond,
		r.Elapsed.Round(10*time.Millisecond), r.Pacing.Backlog, verdict)
	r.printPacing(out)
	for _, p := range r.Places {
		fmt.Fprintf(out, "near %s: longest gap %s s, from second %.1f; served by %s\n",
			p.Name, seconds(p.LongestGap.Length), p.LongestGap.At.Seconds(), p.served())
	}
}

func (r *Report) latencyTable() string {
	t := table.NewWriter()
	t.SetStyle(table.StyleLight)
	t.Style().Format.Header = text.FormatDefault
	t.Style().Format.Footer = text.FormatDefault
	header := table.Row{"class", "count", "ok/s", "ok", "refused", "unavailable", "unanswered", "p50", "p95", "p99", "p99.9", "max"}
	t.AppendHeader(header)
	for _, row := range r.Rows {
		t.AppendRow(row.cells())
	}
	if r.Writes.Count > 0 && r.Reads.Count > 0 {
		t.AppendFooter(r.Writes.cells())
		t.AppendFooter(r.Reads.cells())
	}
	t.AppendFooter(r.Total.cells())
	var right []table.ColumnConfig
	for column := 2; column <= len(header); column++ {
		right = append(right, table.ColumnConfig{
			Number: column, Align: text.AlignRight, AlignHeader: text.AlignRight, AlignFooter: text.AlignRight,
		})
	}
	t.SetColumnConfigs(right)
	return t.Render()
}

func (r Row) cells() table.Row {
	cells := table.Row{r.Name, r.Count, fmt.Sprintf("%.1f", r.PerSecond), r.OK, r.Refused, r.Unavailable, r.Unanswered}
	for _, latency := range []time.Duration{r.P50, r.P95, r.P99, r.P999, r.Max} {
		if r.OK == 0 {
			cells = append(cells, "-")
			continue
		}
		cells = append(cells, millis(latency))
	}
	return cells
}

func (r *Report) printPacing(out io.Writer) {
	p := r.Pacing
	fmt.Fprintf(out, "generator: sent late by p99 %s ms, max %s ms\n", millis(p.LateP99), millis(p.LateMax))
	if p.Saturated > 0 {
		fmt.Fprintf(out, "GENERATOR SATURATED: %d operations were held back, %s s in all, because too many were in flight\n",
			p.Saturated, seconds(p.Blocked))
	} else if r.GeneratorSaturated() {
		fmt.Fprintln(out, "GENERATOR SATURATED: it had too little CPU to send on time, so these numbers are partly its own")
	}
}

func (p Place) served() string {
	if len(p.ServedBy) == 0 {
		return "nobody"
	}
	var parts []string
	for _, region := range slices.Sorted(maps.Keys(p.ServedBy)) {
		parts = append(parts, fmt.Sprintf("%s %d", region, p.ServedBy[region]))
	}
	return strings.Join(parts, ", ")
}

func millis(d time.Duration) string { return fmt.Sprintf("%.1f", d.Seconds()*1000) }

func seconds(d time.Duration) string { return fmt.Sprintf("%.2f", d.Seconds()) }
