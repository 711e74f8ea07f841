package store_test

import (
	"database/sql"
	"math"
	"testing"
	"time"

	_ "github.com/lib/pq"

	"pangea/crdt"
	"pangea/region"
	"pangea/region/store"
)

// A log's floor is what can be read first: after its partitions went, and when there is
// nothing yet.
func TestFloors_AreWhatCanBeRead(t *testing.T) {
	s, session := open(t, 2)
	wantFloors(t, s, "us=1")
	save(t, session, entries(us, make([]int, 7)...))
	save(t, session, entries(eu, make([]int, 5)...))
	wantFloors(t, s, "eu=1,us=1")
	if _, err := s.DropBelow(t.Context(), us, 7, false); err != nil {
		t.Fatal(err)
	}
	if _, err := s.DropBelow(t.Context(), eu, 4, false); err != nil {
		t.Fatal(err)
	}
	wantFloors(t, s, "eu=4,us=6")
}

// After a snapshot that goes on beyond what was stored, a log can be read from where it
// has no gap.
func TestFloors_AfterAJoin(t *testing.T) {
	log := entries(eu, make([]int, 9)...)
	for _, c := range []struct {
		applied uint64 // of eu's log in the snapshot, which has 9 entries
		waiting []*region.Entry
		want    string
	}{
		{9, nil, "eu=10,us=1"},
		{7, log[7:], "eu=8,us=1"},
		{3, log[3:], "eu=1,us=1"},
	} {
		s, session := open(t, 4)
		save(t, session, log[:3])
		join, err := session.BeginJoin(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if err := join.Inbox(t.Context(), c.waiting); err != nil {
			t.Fatal(err)
		}
		end := region.Progress{Stored: 9, Checksum: log[8].Checksum, Applied: c.applied}
		if err := join.Commit(t.Context(), map[crdt.Origin]region.Progress{eu: end}, 0); err != nil {
			t.Fatal(err)
		}
		if floors, err := s.Floors(t.Context()); err != nil || floors.String() != c.want {
			t.Errorf("applied to %d: floors are %s, %v; want %s", c.applied, floors, err, c.want)
		}
	}
}

// Conflicts go oldest first, so many at a time, until the newest are left.
func TestPrune_KeepsTheNewest(t *testing.T) {
	dsn := database(t)
	s, _ := openAt(t, dsn, 0)
	exec(t, dsn, `insert into conflicts (class, key, reason, lost_stamp, lost_origin, lost_seq, lost_ordinal, won_stamp, won_origin, won_seq, won_ordinal)
		select 'profile', n::text, 'concurrent', 1, 'us', n, n, 2, 'eu', n, n from generate_series(1, 2500) n`)
	for _, want := range []int64{1000, 500, 0} {
		if n, err := s.Prune(t.Context(), 1000, 1000); err != nil || n != want {
			t.Errorf("pruned %d, %v; want %d", n, err, want)
		}
	}
	kept, err := s.Conflicts(t.Context(), math.MaxInt64, 5000)
	if err != nil || len(kept) != 1000 || kept[0].Key != "2500" || kept[999].Key != "1501" {
		t.Errorf("kept %d conflicts, %v", len(kept), err)
	}
	if c, err := s.Counts(t.Context()); err != nil || c.Conflicts != 1000 {
		t.Errorf("counts %+v, %v", c, err)
	}
}

// Few rows are counted, many estimated.
func TestCounts_AreExactWhileFew(t *testing.T) {
	dsn := database(t)
	s, _ := openAt(t, dsn, 0)
	insert := func(first, last int) {
		exec(t, dsn, `insert into prefs (key, field, value, stamp, origin, seq, ordinal)
			select n::text, 'f', case when n % 2 = 0 then '1' end, 1, 'us', 1, n from generate_series($1::int, $2::int) n`, first, last)
		exec(t, dsn, `insert into idempotency (key, hash, outcome, value, vector, position, seq)
			select n::text, '', 1, '', '', '', 1 from generate_series($1::int, $2::int) n`, first, last)
	}
	insert(1, 3000)
	if c, err := s.Counts(t.Context()); err != nil || c != (store.Counts{Idempotency: 3000, Tombstones: 1500}) {
		t.Errorf("counts %+v, %v", c, err)
	}
	insert(3001, 60_000)
	exec(t, dsn, "vacuum analyze prefs")
	exec(t, dsn, "vacuum analyze idempotency")
	if c, err := s.Counts(t.Context()); err != nil || c.Idempotency/5000 != 12 || (c.Tombstones+500)/5000 != 6 {
		t.Errorf("counts %+v, %v", c, err)
	}
}

// What is written makes the database larger, and its write-ahead log longer; a role that
// may not see the latter's directory is told the rest.
func TestSizes_GrowWithWhatIsWritten(t *testing.T) {
	dsn := database(t)
	s, _ := openAt(t, dsn, 0)
	before, err := s.Sizes(t.Context())
	if err != nil || before.WAL <= 0 {
		t.Fatalf("got %+v, %v", before, err)
	}
	exec(t, dsn, `insert into profile (key, value, stamp, origin, seq, ordinal)
		select n::text, repeat(md5(n::text), 30), 1, 'us', 1, n from generate_series(1, 2000) n`)
	after, err := s.Sizes(t.Context())
	if err != nil || after.Database-before.Database < 1<<20 || after.Written-before.Written < 1<<20 {
		t.Errorf("got %+v after %+v, %v: want 1 MiB more", after, before, err)
	}
	exec(t, dsn, "drop role if exists stranger")
	exec(t, dsn, "create role stranger")
	stranger, err := store.Open(t.Context(), store.Config{DSN: dsn + " options='-c role=stranger'", Region: "us"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(stranger.Close)
	if z, err := stranger.Sizes(t.Context()); err != nil || z.WAL != -1 || z.Database < after.Database {
		t.Errorf("a stranger got %+v, %v: want all but the log's directory", z, err)
	}
}

// A key is forgotten when it is old enough, not before.
func TestForget_ByAge(t *testing.T) {
	dsn := database(t)
	s, _ := openAt(t, dsn, 0)
	exec(t, dsn, `insert into idempotency (key, hash, outcome, value, vector, position, seq, at)
		select n::text, '', 1, '', '', '', 1, now() - make_interval(hours => n) from generate_series(1, 30) n`)
	for _, want := range []int64{4, 3, 0} { // 24 to 30
		if n, err := s.Forget(t.Context(), 24*time.Hour, 4); err != nil || n != want {
			t.Errorf("forgot %d, %v; want %d", n, err, want)
		}
	}
}

// exec changes the database behind the store's back.
func exec(t *testing.T, dsn, query string, args ...any) {
	t.Helper()
	db, err := sql.Open("postgres", dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.ExecContext(t.Context(), query, args...); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
}
