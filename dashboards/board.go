package dashboards

import (
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
	"regexp"
	"strings"
	"time"
)

//go:embed grafana/*.json
var boards embed.FS

// Board is one board of Grafana: as much of it as can be wrong.
type Board struct {
	File          string `json:"-"`
	UID           string
	Title         string
	Description   string
	Tags          []string
	SchemaVersion int
	Links         []struct {
		Type string
		Tags []string
	}
	Annotations struct{ List []Annotation }
	Templating  struct{ List []Variable }
	Panels      []Panel
}

// Panel is one picture, of one or more series.
type Panel struct {
	ID          int
	Title       string
	Type        string
	Description string
	Datasource  Datasource
	GridPos     struct{ X, Y, W, H int }
	FieldConfig struct{ Defaults struct{ Unit string } }
	Targets     []Target
}

// Datasource is whom a panel asks.
type Datasource struct{ Type, UID string }

// Target is one expression of a panel.
type Target struct {
	RefID        string
	Expr         string
	LegendFormat string
}

// Annotation marks moments on every panel of a board.
type Annotation struct {
	Name       string
	Datasource Datasource
	Target     struct{ Expr string }
}

// Variable is what a person chooses on a board. Only label_values queries are known.
type Variable struct {
	Name       string
	Datasource Datasource
	Query      string
	AllValue   string
}

// Boards reads all of them, in the order of their files' names.
func Boards() ([]Board, error) {
	files, err := fs.Glob(boards, "grafana/*.json")
	if err != nil {
		return nil, err
	}
	var all []Board
	for _, file := range files {
		text, err := boards.ReadFile(file)
		if err != nil {
			return nil, err
		}
		b := Board{File: file}
		if err := json.Unmarshal(text, &b); err != nil {
			return nil, fmt.Errorf("read %s: %w", file, err)
		}
		all = append(all, b)
	}
	return all, nil
}

var labelValues = regexp.MustCompile(`^label_values\((\w+), (\w+)\)$`)

// LabelValues is the metric and the label that a variable takes its values from; ok is
// false if its query is something else.
func (v Variable) LabelValues() (metric, label string, ok bool) {
	m := labelValues.FindStringSubmatch(v.Query)
	if m == nil {
		return "", "", false
	}
	return m[1], m[2], true
}

// Expand puts the board's variables into an expression as Grafana does when everything is
// chosen, and the rate interval of Prometheus's data source for that scrape interval and
// step.
func (b Board) Expand(expr string, scrape, step time.Duration) string {
	pairs := []string{"$__rate_interval", fmt.Sprintf("%ds", int(max(step+scrape, 4*scrape).Seconds()))}
	for _, v := range b.Templating.List {
		pairs = append(pairs, "$"+v.Name, v.AllValue)
	}
	return strings.NewReplacer(pairs...).Replace(expr)
}
