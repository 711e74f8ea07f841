package results

import (
	"fmt"
	"io"
	"regexp"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"
)

// Table is figures in rows.
type Table struct {
	Caption string     `json:"caption,omitempty"`
	Header  []string   `json:"header"`
	Rows    [][]string `json:"rows"`
}

// Add appends a row.
func (t *Table) Add(cells ...string) { t.Rows = append(t.Rows, cells) }

// Print writes the table for a person at a terminal.
func (t Table) Print(out io.Writer) {
	fmt.Fprintf(out, "%s\n", strings.TrimSpace(t.Caption+"\n"+t.writer().Render()))
}

// Markdown is the table without its caption.
func (t Table) Markdown() string { return t.writer().RenderMarkdown() }

// writer has figures on the right of their columns, and words on the left.
func (t Table) writer() table.Writer {
	w := table.NewWriter()
	w.SetStyle(table.StyleLight)
	w.Style().Format.Header = text.FormatDefault
	w.AppendHeader(row(t.Header))
	figure := regexp.MustCompile(`^[-+]?\d\S*( [a-zA-Z%µ]{1,2})?( \(.*\))?$`)
	var columns []table.ColumnConfig
	for i := 1; i < len(t.Header); i++ { // the first column names the row
		if t.mostly(figure, i) {
			columns = append(columns, table.ColumnConfig{Number: i + 1, Align: text.AlignRight, AlignHeader: text.AlignRight})
		}
	}
	w.SetColumnConfigs(columns)
	for _, cells := range t.Rows {
		w.AppendRow(row(cells))
	}
	return w
}

// mostly tells of a column whether most of its cells that are not empty are such.
func (t Table) mostly(such *regexp.Regexp, column int) bool {
	balance := 0
	for _, cells := range t.Rows {
		switch {
		case column >= len(cells) || cells[column] == "":
		case such.MatchString(cells[column]):
			balance++
		default:
			balance--
		}
	}
	return balance > 0
}

func row(cells []string) table.Row {
	r := make(table.Row, len(cells))
	for i, c := range cells {
		r[i] = c
	}
	return r
}
