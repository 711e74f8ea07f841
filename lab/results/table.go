package results

import (
	"fmt"
	"io"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"
)

// Table is figures in rows.
type Table struct {
	Caption string     `json:"caption,omitempty"`
	Header  []string   `json:"header"`
	Rows    [][]string `json:"rows"`
	Prose   bool       `json:"prose,omitempty"` // the cells are words, which begin on the left
}

// Add appends a row.
func (t *Table) Add(cells ...string) { t.Rows = append(t.Rows, cells) }

// Print writes the table for a person at a terminal.
func (t Table) Print(out io.Writer) {
	fmt.Fprintf(out, "%s\n", strings.TrimSpace(t.Caption+"\n"+t.writer().Render()))
}

// Markdown is the table without its caption.
func (t Table) Markdown() string { return t.writer().RenderMarkdown() }

func (t Table) writer() table.Writer {
	w := table.NewWriter()
	w.SetStyle(table.StyleLight)
	w.Style().Format.Header = text.FormatDefault
	w.AppendHeader(row(t.Header))
	var columns []table.ColumnConfig
	for i := range t.Header {
		if i > 0 && !t.Prose { // the first column names the row
			columns = append(columns, table.ColumnConfig{Number: i + 1, Align: text.AlignRight, AlignHeader: text.AlignRight})
		}
	}
	w.SetColumnConfigs(columns)
	for _, cells := range t.Rows {
		w.AppendRow(row(cells))
	}
	return w
}

func row(cells []string) table.Row {
	r := make(table.Row, len(cells))
	for i, c := range cells {
		r[i] = c
	}
	return r
}
