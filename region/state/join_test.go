package state_test

import (
	"errors"
	"iter"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"pangea/crdt"
	"pangea/region"
	"pangea/region/state"
)

var (
	us = crdt.Origin{Region: "us", Epoch: 1}
	eu = crdt.Origin{Region: "eu", Epoch: 1}
)

func register(o crdt.Origin, stamp crdt.Stamp, seq uint64) crdt.Register {
	return crdt.Register{Meta: crdt.Meta{Stamp: stamp, Origin: o, Seq: seq, Ordinal: seq}, Value: `"v"`}
}

func tombstone(o crdt.Origin, stamp crdt.Stamp, seq uint64) crdt.Register {
	r := register(o, stamp, seq)
	r.Value, r.Null = "", true
	return r
}

// TestJoin_Rows joins, in us, a row of each class.
func TestJoin_Rows(t *testing.T) {
	profile := func(r crdt.Register) []state.Row { return []state.Row{{Class: region.Profile, Key: "k", Register: r}} }
	handle := func(r crdt.Register) []state.Row { return []state.Row{{Class: region.Handle, Key: "k", Register: r}} }
	prefs := func(r crdt.Register) []state.Row {
		return []state.Row{{Class: region.Prefs, Key: "k", Name: "n", Register: r}}
	}
	tags := func(d ...crdt.Dot) []state.Row {
		return []state.Row{{Class: region.Tags, Key: "k", Name: "n", Dots: d}}
	}
	counter := func(c crdt.Counter) []state.Row {
		return []state.Row{{Class: region.Counter, Key: "k", Counter: c}}
	}
	us1, eu1 := register(us, 1, 1), register(eu, 2, 1)
	dead := tombstone(eu, 2, 1)
	dot := crdt.Dot{Origin: eu, Ordinal: 1, Seq: 1}
	seen, unseen := crdt.Vector{us: 1, eu: 1}, crdt.Vector{}
	m := state.Member{Key: "k", Name: "n"}
	for _, tt := range []struct {
		name         string
		ours, theirs []state.Row
		ov, tv       crdt.Vector
		want         func(*state.Rows)
	}{
		{"a profile arrives", nil, profile(eu1), unseen, seen, func(r *state.Rows) { r.Profile["k"] = &state.Cell[crdt.Register]{Now: eu1} }},
		{"a later profile", profile(us1), profile(eu1), crdt.Vector{us: 1}, seen, func(r *state.Rows) { r.Profile["k"] = &state.Cell[crdt.Register]{Was: us1, Now: eu1} }},
		{"an earlier profile", profile(eu1), profile(us1), seen, crdt.Vector{us: 1}, nil},
		{"a profile only here", profile(us1), nil, crdt.Vector{us: 1}, seen, nil},
		{"a handle arrives", nil, handle(dead), unseen, seen, func(r *state.Rows) { r.Handle["k"] = &state.Cell[crdt.Register]{Now: dead} }},
		{"a released handle only here", handle(dead), nil, seen, seen, nil},
		{"a field arrives", nil, prefs(eu1), unseen, seen, func(r *state.Rows) { r.Prefs[m] = &state.Cell[crdt.Register]{Now: eu1} }},
		{"a field collected at the donor", prefs(eu1), nil, seen, seen, func(r *state.Rows) { r.Prefs[m] = &state.Cell[crdt.Register]{Was: eu1} }},
		{"a tombstone collected at the donor", prefs(dead), nil, seen, seen, func(r *state.Rows) { r.Prefs[m] = &state.Cell[crdt.Register]{Was: dead} }},
		{"a field the donor never had", prefs(eu1), nil, seen, unseen, nil},
		{"a field collected here", nil, prefs(eu1), seen, seen, nil},
		{"a dot arrives", nil, tags(dot), unseen, seen, func(r *state.Rows) { r.Tags[m] = &state.Cell[crdt.Dots]{Now: crdt.Dots{dot}} }},
		{"a dot removed at the donor", tags(dot), nil, seen, seen, func(r *state.Rows) { r.Tags[m] = &state.Cell[crdt.Dots]{Was: crdt.Dots{dot}} }},
		{"a dot the donor never had", tags(dot), nil, seen, unseen, nil},
		{"a dot removed here", nil, tags(dot), seen, seen, nil},
		{
			"shares of a counter", counter(crdt.Counter{us: {P: 3}, eu: {P: 1, N: 2}}), counter(crdt.Counter{us: {P: 2}, eu: {P: 2, N: 2}}), seen, seen,
			func(r *state.Rows) {
				r.Counter["k"] = &state.Cell[crdt.Counter]{Was: crdt.Counter{us: {P: 3}, eu: {P: 1, N: 2}}, Now: crdt.Counter{us: {P: 3}, eu: {P: 2, N: 2}}}
			},
		},
		{"a counter only here", counter(crdt.Counter{us: {P: 3}}), nil, seen, seen, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			want, got := state.NewRows(), state.NewRows()
			if tt.want != nil {
				tt.want(want)
			}
			writes := 0
			ours, theirs := state.Side{Vector: tt.ov, Rows: sequence(tt.ours)}, state.Side{Vector: tt.tv, Rows: sequence(tt.theirs)}
			err := state.Join("ap", ours, theirs, 10, func(rows *state.Rows, _ *state.Account) error {
				got = rows
				writes++
				return nil
			})
			if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); err != nil || diff != "" {
				t.Errorf("%v\n%s", err, diff)
			}
			if writes != want.Len() {
				t.Errorf("%d writes of %d rows", writes, want.Len())
			}
		})
	}
}

// Of events of its own region, a join books those that it alone can know to have lost
// to a write that had not seen them.
func TestJoin_OwnConcurrentLossIsBookedOnce(t *testing.T) {
	now := time.UnixMilli(1_700_000_000_000)
	put := func(v string) region.Write { return region.Write{Op: region.PutProfile, Key: "p", Value: v} }
	here, there := newReplica("us", state.HLC), newReplica("eu", state.HLC)
	here.write(now, put(`"us"`))
	there.write(now.Add(time.Second), put(`"eu"`))

	here.join(t, there, 10)
	book := state.Book{Origin: us, Class: region.Profile}
	want := state.Tally{Committed: 1, Concurrent: 1}
	if got := here.ledger[book]; got != want || len(here.lost) != 1 || here.lost[0].Key != "p" || here.lost[0].Loser.Value != `"us"` {
		t.Errorf("us books %+v and %+v", got, here.lost)
	}
	here.join(t, there, 10)
	deliver(there, here)
	here.join(t, there, 10)
	if got := here.ledger[book]; got != want || len(here.lost) != 1 {
		t.Errorf("again, us books %+v and %+v", got, here.lost)
	}
	if got := there.ledger[state.Book{Origin: eu, Class: region.Profile}]; got != (state.Tally{Committed: 1}) {
		t.Errorf("eu books %+v", got)
	}
}

// A write of a former log that this database has lost, and the donor still shows, may
// have lost to one that is here.
func TestJoin_OwnFormerLossIsBooked(t *testing.T) {
	now := time.UnixMilli(1_700_000_000_000)
	put := func(v string) region.Write { return region.Write{Op: region.PutProfile, Key: "p", Value: v} }
	old, donor, third := newReplica("us", state.HLC), newReplica("eu", state.HLC), newReplica("ap", state.HLC)
	old.write(now, put(`"us"`))
	deliver(donor, old)
	third.write(now.Add(time.Second), put(`"ap"`))

	here := newReplica("us", state.HLC)
	here.reborn(2)
	deliver(here, third)
	here.join(t, donor, 10)
	if got := here.ledger[state.Book{Origin: us, Class: region.Profile}]; got != (state.Tally{Concurrent: 1}) || len(here.lost) != 1 {
		t.Errorf("us books %+v and %+v", got, here.lost)
	}
	if got := here.rows.Profile["p"].Now.Value; got != `"ap"` {
		t.Errorf("us shows %s", got)
	}
}

// What the donor has applied may have been superseded there: the sums tell later.
func TestJoin_ALossTheDonorHasAppliedIsNotBooked(t *testing.T) {
	now := time.UnixMilli(1_700_000_000_000)
	put := func(v string) region.Write { return region.Write{Op: region.PutProfile, Key: "p", Value: v} }
	here, there := newReplica("us", state.HLC), newReplica("eu", state.HLC)
	here.write(now, put(`"us"`))
	deliver(there, here)
	there.write(now, put(`"eu"`))

	here.join(t, there, 10)
	book := state.Book{Origin: us, Class: region.Profile}
	if got := here.ledger[book]; got != (state.Tally{Committed: 1}) || len(here.lost) != 0 || here.owed[book] != 1 {
		t.Errorf("us books %+v and %+v, owes %d", got, here.lost, here.owed[book])
	}
}

// TestJoin_WhoeverJoinsTakesTheClock: eu, an hour ahead, has collected the tombstone of
// a field that ap still has. us, which lost everything, joins eu and writes to it.
func TestJoin_WhoeverJoinsTakesTheClock(t *testing.T) {
	h := newHistory(state.HLC)
	eu, ap := h.replicas[1], h.replicas[2]
	patch := func(f region.Field) region.Write {
		return region.Write{Op: region.PatchPrefs, Key: "k", Fields: []region.Field{f}}
	}
	eu.write(h.now.Add(time.Hour), patch(region.Field{Name: "f", Value: "1"}))
	eu.write(h.now.Add(time.Hour), patch(region.Field{Name: "f", Null: true}))
	h.settle(h.replicas...)
	h.collect(eu)
	if len(eu.snapshot()) != 0 || len(ap.snapshot()) != 1 {
		t.Fatalf("eu has %v, ap %v", eu.snapshot(), ap.snapshot())
	}

	us := newReplica("us", state.HLC)
	us.reborn(2)
	us.join(t, eu, 10)
	us.write(h.now, patch(region.Field{Name: "f", Value: "2"}))
	deliver(ap, us)
	if diff := cmp.Diff(us.text(), ap.text()); diff != "" {
		t.Errorf("us and ap differ:\n%s", diff)
	}
}

func TestJoin_WritesAboutSizeRowsAtATime(t *testing.T) {
	var rows []state.Row
	for key := 'a'; key <= 'g'; key++ {
		rows = append(rows, state.Row{Class: region.Profile, Key: string(key), Register: register(eu, 1, 1)})
	}
	var wrote []int
	ours, theirs := state.Side{Rows: sequence(nil)}, state.Side{Rows: sequence(rows)}
	err := state.Join("us", ours, theirs, 3, func(rows *state.Rows, _ *state.Account) error {
		wrote = append(wrote, rows.Len())
		return nil
	})
	if diff := cmp.Diff([]int{3, 3, 1}, wrote); err != nil || diff != "" {
		t.Errorf("%v\n%s", err, diff)
	}
}

func TestJoin_EndsWithTheFirstError(t *testing.T) {
	broken := errors.New("broken")
	row := func(class region.Class, key string) state.Row {
		return state.Row{Class: class, Key: key, Register: register(eu, 1, 1)}
	}
	good := []state.Row{row(region.Profile, "a"), row(region.Profile, "c")}
	failing := func(yield func(state.Row, error) bool) { _ = yield(good[0], nil) && yield(state.Row{}, broken) }
	for _, tt := range []struct {
		name         string
		ours, theirs iter.Seq2[state.Row, error]
		write        error
		want         string
	}{
		{"ours fail", failing, sequence(good), nil, "read our rows: broken"},
		{"theirs fail", sequence(good), failing, nil, "read their rows: broken"},
		{"ours are out of order", sequence([]state.Row{good[1], good[0]}), sequence(good), nil, `read our rows: profile "a" "" comes after profile "c" ""`},
		{"theirs are out of order", sequence(good), sequence([]state.Row{good[1], good[0]}), nil, `read their rows: profile "a" "" comes after profile "c" ""`},
		{"a row comes twice", sequence(nil), sequence([]state.Row{good[0], good[0]}), nil, `read their rows: profile "a" "" comes after profile "a" ""`},
		{"a class of a later version", sequence(good), sequence([]state.Row{row(9, "a")}), nil, `join unknown "a" "": this region does not know the class: upgrade it`},
		{"a write fails", sequence(nil), sequence(good), broken, "broken"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			failed := false
			ours, theirs := state.Side{Rows: tt.ours}, state.Side{Vector: crdt.Vector{eu: 1}, Rows: tt.theirs}
			err := state.Join("us", ours, theirs, 1, func(*state.Rows, *state.Account) error {
				if failed {
					t.Error("it goes on after an error")
				}
				failed = tt.write != nil
				return tt.write
			})
			if err == nil || err.Error() != tt.want {
				t.Errorf("got %v, want %s", err, tt.want)
			}
		})
	}
}
