package store_test

import (
	"testing"

	"pangea/crdt"
	"pangea/region/store"
)

// A log that has ended and that everybody has applied is dropped whole; the present one
// never is.
func TestDropBelow_LogsThatHaveEnded(t *testing.T) {
	dsn := database(t)
	s, session := openAt(t, dsn, 4)
	log := entries(eu, make([]int, 12)...)
	save(t, session, entries(us, make([]int, 10)...))
	save(t, session, log[:10])
	wantDropped(t, s, us, 11, true, 2)
	wantDropped(t, s, eu, 11, false, 2)
	wantDropped(t, s, eu, 10, true, 0)
	wantFloors(t, s, "eu=8,us=8")
	wantDropped(t, s, eu, 11, true, 1)
	wantDropped(t, s, eu, 11, true, 0)
	wantFloors(t, s, "eu=11,us=8")
	if bytes, err := s.LogSize(t.Context(), eu); err != nil || bytes != 0 {
		t.Errorf("it takes %d bytes, %v", bytes, err)
	}
	wantTrimmed(t, s, eu, 1)
	wantTrimmed(t, s, eu, 10)
	wantLog(t, s, eu, 11, nil)

	// Somebody comes back who knows more of it.
	save(t, session, log[10:])
	wantLog(t, s, eu, 11, log[10:])
	wantTrimmed(t, s, eu, 10)
}

// A partition that is in use is left, and so are those after it.
func TestDropBelow_LeavesNoHole(t *testing.T) {
	dsn := database(t)
	s, session := openAt(t, dsn, 2)
	log := entries(eu, make([]int, 9)...)
	save(t, session, log)
	db := begin(t, dsn)
	if _, err := db.ExecContext(t.Context(), "lock table entry_eu_2 in access share mode"); err != nil {
		t.Fatal(err)
	}
	if n, err := s.DropBelow(t.Context(), eu, 9, false); err == nil || n != 1 {
		t.Errorf("dropped %d, %v; want 1 and an error", n, err)
	}
	wantLog(t, s, eu, 2, log[1:])
	wantFloors(t, s, "eu=2,us=1")
	_ = db.Rollback()
	wantDropped(t, s, eu, 9, false, 3)
	wantLog(t, s, eu, 8, log[7:])
}

func wantDropped(t *testing.T, s *store.Store, log crdt.Origin, keep uint64, ended bool, want int) {
	t.Helper()
	if n, err := s.DropBelow(t.Context(), log, keep, ended); err != nil || n != want {
		t.Errorf("%s below %d: dropped %d, %v; want %d", log, keep, n, err, want)
	}
}
