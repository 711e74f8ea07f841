package ledger

import (
	"fmt"
	"strings"

	"pangea/lab/results"
)

// line is a figure and what it is of.
type line struct {
	of     string
	figure figure
}

// figure is one that an experiment measures.
type figure struct {
	experiment string // by the name of its record, and of its task
	read       func(*results.Record) (found, error)
}

// found is what a record says. Without a text it says nothing of it.
type found struct {
	text string
	held bool // what it has to show
}

// every joins what was found of parts, each of which has to show it.
func every(parts []found) found {
	var texts []string
	held := len(parts) > 0
	for _, p := range parts {
		texts, held = append(texts, p.text), held && p.held
	}
	return found{strings.Join(texts, "; "), held}
}

// from reads a figure from what an experiment found.
func from[T any](experiment string, read func(T) found) figure {
	return figure{experiment, func(r *results.Record) (found, error) {
		finding, err := results.FiguresOf[T](r)
		if err != nil {
			return found{}, err
		}
		return read(finding), nil
	}}
}

// shown is a figure as it stands in the ledger.
type shown struct{ text, verdict, source string }

// look holds a figure only as good as its record: one whose planted fault was not found, or
// that broke another promise, shows nothing.
func (p *page) look(f figure) (shown, error) {
	r, ok := p.records[f.experiment]
	if !ok {
		return notMeasured(f), nil
	}
	got, err := f.read(r)
	if err != nil || got.text == "" {
		return notMeasured(f), err
	}
	p.used[f.experiment] = true
	s := shown{got.text, "NO", fmt.Sprintf("%s, commit %s, seed %d", link(r), r.Commit(), r.Seed)}
	if got.held && r.Sound() {
		s.verdict = "yes"
	}
	return s, nil
}

func notMeasured(f figure) shown {
	return shown{fmt.Sprintf("not measured: run `go tool task exp:%s`", f.experiment), "–", "–"}
}
