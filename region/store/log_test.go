package store_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"pangea/crdt"
	"pangea/region"
	"pangea/region/regiontest"
	"pangea/region/state"
	"pangea/region/store"
)

func TestMain(m *testing.M) { regiontest.Main(m) }

var (
	us  = crdt.Origin{Region: "us", Epoch: 1}
	us2 = crdt.Origin{Region: "us", Epoch: 2}
	eu  = crdt.Origin{Region: "eu", Epoch: 1}
	ap  = crdt.Origin{Region: "ap", Epoch: 1}
)

// open makes a database for us and a session on it.
func open(t *testing.T, partition uint64) (*store.Store, *store.Session) {
	t.Helper()
	return openAt(t, database(t), partition)
}

// database makes an empty database, and returns its address.
func database(t testing.TB) string {
	t.Helper()
	cluster, err := regiontest.Postgres()
	if err != nil {
		t.Fatal(err)
	}
	name := fmt.Sprintf("store_%d", time.Now().UnixNano())
	if err := cluster.CreateDatabase(t.Context(), name); err != nil {
		t.Fatal(err)
	}
	return cluster.DSN(name)
}

func openAt(t testing.TB, dsn string, partition uint64) (*store.Store, *store.Session) {
	t.Helper()
	s, err := store.Open(t.Context(), store.Config{DSN: dsn, Region: "us", PartitionEntries: partition})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	session, err := s.Acquire(t.Context(), 3*time.Second)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(session.Close)
	return s, session
}

// entries makes the log of origin; entry i has a value of sizes[i] bytes.
func entries(origin crdt.Origin, sizes ...int) []*region.Entry {
	var log []*region.Entry
	var sum region.Checksum
	for i, size := range sizes {
		seq := uint64(i) + 1
		e := &region.Entry{Origin: origin, Seq: seq, FirstOrdinal: seq, CommittedAt: time.Unix(0, 0), Events: []region.Event{
			{Kind: region.ProfilePut, Key: "k", Value: strings.Repeat("x", size)},
		}}
		e.Encode(nil, sum)
		sum, log = e.Checksum, append(log, e)
	}
	return log
}

// save commits a log: the own one entry by entry, another one in one cycle.
func save(t *testing.T, s *store.Session, log []*region.Entry) {
	t.Helper()
	commits := []*store.Commit{commitOf(log)}
	if log[0].Origin == s.Head().Origin {
		commits = nil
		for _, e := range log {
			c := commitOf(nil)
			c.Entry = e
			commits = append(commits, c)
		}
	}
	for _, c := range commits {
		if err := s.Commit(t.Context(), c); err != nil {
			t.Fatal(err)
		}
	}
}

// commitOf stores entries of another log.
func commitOf(log []*region.Entry) *store.Commit {
	rows := state.NewRows()
	c := &store.Commit{Inbox: log, Rows: rows, Account: &state.NewCycle("us", rows).Account}
	if len(log) > 0 {
		last := log[len(log)-1]
		c.Positions = map[crdt.Origin]region.Progress{last.Origin: {Stored: last.Seq, Checksum: last.Checksum}}
	}
	return c
}

// A page ends with the entry that fills it, so that it has one however small it is.
func TestLog_Pages(t *testing.T) {
	s, session := open(t, 0)
	for _, origin := range []crdt.Origin{us, eu} {
		log := entries(origin, 5000, 100, 100, 100, 5000, 100)
		save(t, session, log)
		two := len(log[1].Payload) + len(log[2].Payload)
		for _, c := range []struct {
			from     uint64
			maxBytes int
			want     string
		}{
			{1, 1, "1"},
			{1, 0, "1"},
			{1, len(log[0].Payload), "1"},
			{1, len(log[0].Payload) + 1, "1 2"},
			{2, two, "2 3"},
			{2, two + 1, "2 3 4"},
			{4, 1000, "4 5"},
			{1, 1 << 20, "1 2 3 4 5 6"},
			{6, 1, "6"},
			{7, 1, ""},
			{1 << 40, 1, ""},
		} {
			records, err := s.Log(t.Context(), origin, c.from, c.maxBytes)
			var got []string
			for _, r := range records {
				got = append(got, fmt.Sprint(r.Seq))
				if string(r.Payload) != string(log[r.Seq-1].Payload) {
					t.Errorf("entry %d of %s has another payload", r.Seq, origin)
				}
			}
			if err != nil || strings.Join(got, " ") != c.want {
				t.Errorf("%s from %d, %d bytes: %v, %v; want %s", origin, c.from, c.maxBytes, got, err, c.want)
			}
		}
	}
	if records, err := s.Log(t.Context(), ap, 1, 1); err != nil || len(records) != 0 {
		t.Errorf("a log that nobody knows: %v, %v", records, err)
	}
}

// A log that was dropped up to some entry says so to whoever asks for less, however
// much that is.
func TestLog_Trimmed(t *testing.T) {
	for _, c := range []struct {
		origin         crdt.Origin
		partition, end uint64
		first          uint64 // that is left
	}{
		{us, 2, 7, 6},
		{eu, 2, 7, 6},
		{eu, 500, 3000, 2500},
	} {
		t.Run(fmt.Sprint(c.origin, c.first), func(t *testing.T) {
			s, session := open(t, c.partition)
			save(t, session, entries(c.origin, make([]int, c.end)...))
			if _, err := s.DropBelow(t.Context(), c.origin, c.first+1, false); err != nil {
				t.Fatal(err)
			}
			for _, from := range []uint64{1, 2, c.first - 1} {
				if records, err := s.Log(t.Context(), c.origin, from, 1<<20); !errors.Is(err, region.ErrTrimmed) {
					t.Errorf("from %d: %d entries, %v; want %v", from, len(records), err, region.ErrTrimmed)
				}
			}
			if records, err := s.Log(t.Context(), c.origin, c.first, 1); err != nil || len(records) != 1 || records[0].Seq != c.first {
				t.Errorf("from %d: %v, %v", c.first, records, err)
			}
			oldest, err := s.Oldest(t.Context())
			if want := map[crdt.Origin]uint64{us: c.first, eu: 1}[c.origin]; err != nil || oldest != want {
				t.Errorf("the own log begins with %d, %v; want %d", oldest, err, want)
			}
		})
	}
}
