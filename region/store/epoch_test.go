package store_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"testing"

	"pangea/crdt"
	"pangea/region"
	"pangea/region/store"
)

// A log that has ended is read as before, and trimmed as any other; the new one begins
// with entry 1, in partitions of its own.
func TestEpoch_LeavesTheEntriesWhereTheyAre(t *testing.T) {
	dsn := database(t)
	s, session := openAt(t, dsn, 4)
	old, next := entries(us, make([]int, 10)...), entries(us2, make([]int, 6)...)
	save(t, session, old)
	if err := session.BeginEpoch(t.Context(), 2, region.NoDoubt); err != nil {
		t.Fatal(err)
	}
	wantLog(t, s, us2, 1, nil)
	save(t, session, next)
	session.Close()
	s, session = openAt(t, dsn, 4)
	wantLog(t, s, us, 1, old)
	wantLog(t, s, us2, 1, next)
	if p := session.Positions()[us]; p != (region.Progress{Stored: 10, Checksum: old[9].Checksum, Applied: 10, Ordinal: 10}) {
		t.Errorf("the old log is at %+v", p)
	}
	if h := session.Head(); h.Origin != us2 || h.Seq != 6 || h.Checksum != next[5].Checksum {
		t.Errorf("the new log is at %+v", h)
	}
	wantDropped(t, s, us, 9, true, 2)
	wantLog(t, s, us, 8, old[7:])
	wantLog(t, s, us2, 1, next)
	wantFloors(t, s, "us=8,us=2.1")
}

// A dump that runs for hours holds up neither a new epoch, nor the first entry of a new
// log, nor a join.
func TestEpoch_BeginsWhileADumpReads(t *testing.T) {
	dsn := database(t)
	s, session := openAt(t, dsn, 4)
	save(t, session, entries(us, make([]int, 6)...))
	lock(t, dsn, "access share")
	save(t, session, entries(eu, make([]int, 6)...))
	if err := session.BeginEpoch(t.Context(), 2, region.NoDoubt); err != nil {
		t.Fatal(err)
	}
	save(t, session, entries(us2, make([]int, 6)...))
	log := entries(ap, make([]int, 6)...)
	join(t, session, log, region.Progress{Stored: 6, Checksum: log[5].Checksum})
	wantFloors(t, s, "ap=1,eu=1,us=1,us=2.1")
}

// A lock that somebody holds for long is told from an outage, and the session goes on.
func TestCommit_Busy(t *testing.T) {
	dsn := database(t)
	s, session := openAt(t, dsn, 4)
	save(t, session, entries(us, 0))
	release := lock(t, dsn, "share update exclusive")
	log := entries(eu, 0, 0)
	c := commitOf(log)
	if err := session.Commit(t.Context(), c); !store.Busy(err) || store.Refused(err) || store.NoRoom(err) {
		t.Errorf("with the logs locked: %v", err)
	}
	release()
	if err := session.Commit(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	wantLog(t, s, eu, 1, log)
}

// lock takes a lock on every table in a transaction of its own, until release or the end
// of the test.
func lock(t *testing.T, dsn, mode string) (release func()) {
	t.Helper()
	tx := begin(t, dsn)
	_, err := tx.ExecContext(t.Context(), fmt.Sprintf(`do $$
		declare name text;
		begin
			for name in select relname from pg_class where relkind in ('r', 'p') and relnamespace = 'public'::regnamespace loop
				execute format('lock table only %%I in %s mode', name);
			end loop;
		end $$`, mode))
	if err != nil {
		t.Fatal(err)
	}
	return func() { _ = tx.Rollback() }
}

// begin starts a transaction behind the store's back.
func begin(t *testing.T, dsn string) *sql.Tx {
	t.Helper()
	db, err := sql.Open("postgres", dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	tx, err := db.BeginTx(context.Background(), nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = tx.Rollback() })
	return tx
}

func join(t *testing.T, session *store.Session, waiting []*region.Entry, end region.Progress) {
	t.Helper()
	j, err := session.BeginJoin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer j.Rollback(t.Context())
	if err := j.Inbox(t.Context(), waiting); err != nil {
		t.Fatal(err)
	}
	if err := j.Commit(t.Context(), map[crdt.Origin]region.Progress{waiting[0].Origin: end}, 0); err != nil {
		t.Fatal(err)
	}
}

// wantLog reads a log from an entry on; a nil want means that it must be empty.
func wantLog(t *testing.T, s *store.Store, log crdt.Origin, from uint64, want []*region.Entry) {
	t.Helper()
	records, err := s.Log(t.Context(), log, from, 1<<20)
	if err != nil || len(records) != len(want) {
		t.Fatalf("%s from %d: %d entries, %v; want %d", log, from, len(records), err, len(want))
	}
	for i, r := range records {
		if r.Seq != from+uint64(i) || string(r.Payload) != string(want[i].Payload) {
			t.Errorf("%s from %d: entry %d is %d, or another", log, from, i, r.Seq)
		}
	}
}

func wantTrimmed(t *testing.T, s *store.Store, log crdt.Origin, from uint64) {
	t.Helper()
	if records, err := s.Log(t.Context(), log, from, 1<<20); !errors.Is(err, region.ErrTrimmed) {
		t.Errorf("%s from %d: %d entries, %v; want %v", log, from, len(records), err, region.ErrTrimmed)
	}
}

func wantFloors(t *testing.T, s *store.Store, want string) {
	t.Helper()
	if floors, err := s.Floors(t.Context()); err != nil || floors.String() != want {
		t.Errorf("floors are %s, %v; want %s", floors, err, want)
	}
}
