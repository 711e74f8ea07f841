package store_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"pangea/crdt"
	"pangea/region"
	"pangea/region/state"
	"pangea/region/store"
)

// What a session remembers of rows is what the database has, after commits and after
// commits that the database refused, of writes that were planned on it.
func TestSession_RemembersWhatTheDatabaseHas(t *testing.T) {
	s, session := open(t, 1<<16)
	r := rand.New(rand.NewPCG(1, 1))
	refused := 0
	for cycle := range 150 {
		rows, group := state.NewRows(), randomGroup(r)
		for i := range group {
			rows.Want(&group[i])
		}
		if err := session.Fill(t.Context(), rows); err != nil {
			t.Fatal(err)
		}
		c := plan(t, session, rows, group)
		if cycle%3 == 2 {
			rows.Profile["no key: \x00"] = &state.Cell[crdt.Register]{Now: crdt.Register{Meta: crdt.Meta{Origin: us, Seq: 1}}}
		}
		switch err := session.Commit(t.Context(), c); {
		case store.Refused(err):
			refused++
		case err != nil:
			t.Fatal(err)
		}
		compare(t, s, session)
	}
	if refused != 50 {
		t.Errorf("%d commits were refused, want 50", refused)
	}
}

// names are few, so that most groups meet rows of groups before.
func name(r *rand.Rand) string { return fmt.Sprint("k", r.IntN(5)) }

func randomGroup(r *rand.Rand) []region.Write {
	var group []region.Write
	for range 1 + r.IntN(6) {
		w := region.Write{Op: region.Op(1 + r.IntN(int(region.ReleaseHandle))), Key: name(r), Member: name(r), Value: fmt.Sprint(r.IntN(3)), By: 1}
		w.Fields = []region.Field{{Name: name(r), Value: w.Value}}
		if r.IntN(3) == 0 {
			w.Fields = []region.Field{{Name: name(r), Null: true}}
		}
		group = append(group, w)
	}
	return group
}

func plan(t *testing.T, session *store.Session, rows *state.Rows, group []region.Write) *store.Commit {
	t.Helper()
	head := session.Head()
	p := state.NewPlan(state.NewCycle("us", rows), region.Entry{
		Origin: head.Origin, Seq: head.Seq + 1, Deps: crdt.Vector{head.Origin: head.Seq}, FirstOrdinal: head.Ordinal + 1, CommittedAt: time.Now(),
	}, head.Clock, state.HLC)
	for i := range group {
		if _, err := p.Do(&group[i]); err != nil {
			t.Fatal(err)
		}
	}
	c := &store.Commit{Clock: p.Clock, Rows: rows, Account: &p.Account}
	if len(p.Entry.Events) > 0 {
		p.Entry.Encode(nil, head.Checksum)
		c.Entry = &p.Entry
	}
	return c
}

// compare fails the test if a session remembers another row than the database has, or a
// reader is told of another.
func compare(t *testing.T, s *store.Store, session *store.Session) {
	t.Helper()
	remembered, stored := everyRow(), everyRow()
	if err := session.Fill(t.Context(), remembered); err != nil {
		t.Fatal(err)
	}
	if err := session.FillFromDatabase(t.Context(), stored); err != nil {
		t.Fatal(err)
	}
	byOrigin := cmpopts.SortSlices(func(a, b crdt.Dot) bool { return a.Origin.Compare(b.Origin) < 0 })
	if diff := cmp.Diff(stored, remembered, cmpopts.EquateEmpty(), byOrigin); diff != "" {
		t.Fatalf("the session remembers other rows (+) than the database has (-):\n%s", diff)
	}
	for key, cell := range stored.Profile {
		if value, ok, err := s.Profile(t.Context(), key); err != nil || value != cell.Now.Value || ok == cell.Now.Empty() {
			t.Fatalf("profile %s: a reader has %q, %t, %v, the database %+v", key, value, ok, err, cell.Now)
		}
	}
	for key, cell := range stored.Counter {
		if value, err := s.Counter(t.Context(), key); err != nil || value != cell.Now.Value().String() {
			t.Fatalf("counter %s: a reader has %q, %v, the database %s", key, value, err, cell.Now.Value())
		}
	}
}

// Nobody reads from memory what another process may have changed since.
func TestSession_ClosedLeavesNothingToReaders(t *testing.T) {
	dsn := database(t)
	s, session := openAt(t, dsn, 1<<16)
	rows := state.NewRows()
	put := []region.Write{{Op: region.PutProfile, Key: "k", Value: "1"}, {Op: region.IncrCounter, Key: "k", By: 1}}
	for i := range put {
		rows.Want(&put[i])
	}
	if err := session.Commit(t.Context(), plan(t, session, rows, put)); err != nil {
		t.Fatal(err)
	}
	read := func(wantValue, wantCount string) {
		t.Helper()
		value, _, err := s.Profile(t.Context(), "k")
		count, errCount := s.Counter(t.Context(), "k")
		if err != nil || errCount != nil || value != wantValue || count != wantCount {
			t.Errorf("profile %q, %v, counter %q, %v, want %s and %s", value, err, count, errCount, wantValue, wantCount)
		}
	}
	exec(t, dsn, "update profile set value = '2'")
	exec(t, dsn, "update counter set p = 2")
	read("1", "1") // from memory, or the next line shows nothing
	session.Close()
	read("2", "2")
}

func everyRow() *state.Rows {
	rows := state.NewRows()
	for op := range region.ReleaseHandle {
		for key := range 5 {
			for member := range 5 {
				w := region.Write{Op: op + 1, Key: fmt.Sprint("k", key), Member: fmt.Sprint("k", member)}
				w.Fields = []region.Field{{Name: w.Member}}
				rows.Want(&w)
			}
		}
	}
	return rows
}

// remembered puts a profile and has a reader see that it comes from memory.
func remembered(t *testing.T, dsn string, s *store.Store, session *store.Session, value string) *state.Rows {
	t.Helper()
	rows := state.NewRows()
	put := region.Write{Op: region.PutProfile, Key: "k", Value: value}
	rows.Want(&put)
	if err := session.Fill(t.Context(), rows); err != nil {
		t.Fatal(err)
	}
	if err := session.Commit(t.Context(), plan(t, session, rows, []region.Write{put})); err != nil {
		t.Fatal(err)
	}
	exec(t, dsn, "update profile set value = 'in the database'")
	wantProfile(t, s, value)
	return rows
}

func wantProfile(t *testing.T, s *store.Store, want string) {
	t.Helper()
	if got, _, err := s.Profile(t.Context(), "k"); err != nil || got != want {
		t.Errorf("a reader has %q, %v, want %q", got, err, want)
	}
}

// A join may change any row.
func TestSession_AJoinLeavesNothingToReaders(t *testing.T) {
	dsn := database(t)
	s, session := openAt(t, dsn, 1<<16)
	remembered(t, dsn, s, session, "1")
	j, err := session.BeginJoin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	wantProfile(t, s, "in the database")
	j.Rollback(t.Context())
	wantProfile(t, s, "in the database")
}

// What a commit of unknown outcome may have written is read from the database.
func TestSession_AnUnknownOutcomeLeavesNothingToReaders(t *testing.T) {
	dsn := database(t)
	s, session := openAt(t, dsn, 1<<16)
	rows := remembered(t, dsn, s, session, "1")
	exec(t, dsn, `select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory' and granted
		and database = (select oid from pg_database where datname = current_database())`)
	c := &store.Commit{Clock: 1, Rows: rows, Account: new(state.Account)}
	if err := session.Commit(t.Context(), c); !errors.Is(err, store.ErrUnknownOutcome) {
		t.Fatalf("the commit on a dead session: %v", err)
	}
	wantProfile(t, s, "in the database")
}
