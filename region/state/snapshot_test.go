package state_test

import (
	"iter"
	"slices"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"pangea/crdt"
	"pangea/region"
	"pangea/region/state"
)

// side is the replica's state as a snapshot has it.
func (r *replica) side() state.Side {
	return state.Side{Vector: r.applied.Clone(), Rows: sequence(r.snapshot())}
}

func sequence(rows []state.Row) iter.Seq2[state.Row, error] {
	return func(yield func(state.Row, error) bool) {
		for _, row := range rows {
			if !yield(row, nil) {
				return
			}
		}
	}
}

// snapshot lists the rows that are not empty, in order.
func (r *replica) snapshot() []state.Row {
	var rows []state.Row
	register := func(class region.Class, key, name string, c *state.Cell[crdt.Register]) {
		if !c.Now.Empty() {
			rows = append(rows, state.Row{Class: class, Key: key, Name: name, Register: c.Now})
		}
	}
	for key, c := range r.rows.Profile {
		register(region.Profile, key, "", c)
	}
	for key, c := range r.rows.Handle {
		register(region.Handle, key, "", c)
	}
	for m, c := range r.rows.Prefs {
		register(region.Prefs, m.Key, m.Name, c)
	}
	for key, c := range r.rows.Counter {
		if len(c.Now) > 0 {
			rows = append(rows, state.Row{Class: region.Counter, Key: key, Counter: c.Now})
		}
	}
	for m, c := range r.rows.Tags {
		if len(c.Now) > 0 {
			rows = append(rows, state.Row{Class: region.Tags, Key: m.Key, Name: m.Name, Dots: c.Now})
		}
	}
	slices.SortFunc(rows, func(a, b state.Row) int { return a.Compare(&b) })
	return rows
}

// join merges donor's state into r's as the writer does, writing about size rows at a
// time.
func (r *replica) join(t rapid.TB, donor *replica, size int) {
	t.Helper()
	before, ended := r.live(), map[state.Book]int64{}
	err := state.Join(r.origin.Region, r.side(), donor.side(), size, func(rows *state.Rows, account *state.Account) error {
		if n := rows.Len(); n > size {
			t.Errorf("%d rows at once, not %d", n, size)
		}
		r.checkChanged(t, rows)
		r.keep(rows, account)
		for book, sum := range account.Tallies {
			for _, v := range crdt.Verdicts() {
				ended[book] += sum.Ended(v)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatalf("%s joins %s: %v", r.origin, donor.origin, err)
	}
	r.applied.Join(donor.applied)
	r.clock = max(r.clock, donor.clock)
	after := r.live()
	for _, sums := range []map[state.Book]int64{before, after, ended} {
		for book := range sums {
			r.owed[book] += before[book] - after[book] - ended[book]
			before[book], after[book], ended[book] = 0, 0, 0
		}
	}
}

// checkChanged: a join writes the rows that change, and no others, and knows how they
// were.
func (r *replica) checkChanged(t rapid.TB, rows *state.Rows) {
	t.Helper()
	changed(t, rows.Profile, r.rows.Profile)
	changed(t, rows.Prefs, r.rows.Prefs)
	changed(t, rows.Handle, r.rows.Handle)
	changed(t, rows.Counter, r.rows.Counter)
	changed(t, rows.Tags, r.rows.Tags)
}

func changed[K comparable, T any](t rapid.TB, cells, kept map[K]*state.Cell[T]) {
	t.Helper()
	for key, cell := range cells {
		var was T
		if kept[key] != nil {
			was = kept[key].Now
		}
		if diff := cmp.Diff(was, cell.Was, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("%v was not as the join says:\n%s", key, diff)
		}
		if cmp.Equal(cell.Was, cell.Now, cmpopts.EquateEmpty()) {
			t.Errorf("%v is written and did not change: %+v", key, cell.Now)
		}
	}
}
