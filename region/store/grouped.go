package store

import (
	"errors"

	"github.com/jackc/pgx/v5"

	"pangea/crdt"
	"pangea/region/state"
)

// errStopped: who takes the rows wants no more.
var errStopped = errors.New("stopped")

func send(yield func(state.Row, error) bool, row state.Row) error {
	if !yield(row, nil) {
		return errStopped
	}
	return nil
}

// each runs a query of the snapshot, and row after each row was scanned. It yields an
// error, and returns false if the sequence is over.
func (s *Snapshot) each(query string, scans []any, yield func(state.Row, error) bool, row func() error) bool {
	rows, err := s.tx.Query(s.ctx, query)
	if err == nil {
		_, err = pgx.ForEachRow(rows, scans, row)
	}
	if err != nil && err != errStopped {
		yield(state.Row{}, unavailable("read the snapshot", err))
	}
	return err == nil
}

// grouped makes one row of the consecutive database rows of one key.
type grouped struct {
	row   state.Row
	any   bool
	yield func(state.Row, error) bool
}

// at begins the row of key and name, unless it is the present one.
func (g *grouped) at(key, name string) error {
	if g.any && g.row.Key == key && g.row.Name == name {
		return nil
	}
	err := g.flush()
	g.row = state.Row{Class: g.row.Class, Key: key, Name: name}
	g.any = true
	return err
}

func (g *grouped) flush() error {
	if !g.any {
		return nil
	}
	return send(g.yield, g.row)
}

// origins parses each name once.
type origins map[string]crdt.Origin

func (os origins) parse(name string) (crdt.Origin, error) {
	if o, ok := os[name]; ok {
		return o, nil
	}
	o, err := crdt.ParseOrigin(name)
	if err == nil {
		os[name] = o
	}
	return o, err
}
