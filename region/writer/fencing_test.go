package writer_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"pangea/crdt"
	"pangea/region"
	"pangea/region/regiontest"
	"pangea/region/state"
	"pangea/region/store"
)

// I12: a process that lost its lock without noticing, because it was paused, wakes up
// and runs a merge. Nothing of it is written.
func TestFence_AnOldProcessThatMergesIsRefused(t *testing.T) {
	dsn := newDatabase(t)
	ctx := t.Context()
	old := acquire(t, dsn)
	if err := old.Commit(ctx, emptyCommit()); err != nil {
		t.Fatal(err)
	}
	r := &rig{dsn: dsn}
	// Another session writes, behind the old one's back and without its lock, as one
	// would that holds the lock of a failed-over copy.
	if _, err := r.sql(t).Exec(ctx, "select advance_head(epoch, cycle, gen_random_uuid(), seq, ordinal, checksum, clock) from log_head"); err != nil {
		t.Fatal(err)
	}

	merge := emptyCommit()
	eu := crdt.Origin{Region: "eu", Epoch: 1}
	merge.Positions = map[crdt.Origin]region.Progress{eu: {Stored: 7, Applied: 7, Ordinal: 7}}
	if err := old.Commit(ctx, merge); !errors.Is(err, region.ErrFenced) {
		t.Errorf("the old process's merge: %v, want %v", err, region.ErrFenced)
	}
	if n := number(t, r.sql(t), "select count(*) from positions"); n != 0 {
		t.Errorf("%d positions written by the old process", n)
	}
}

// I1, I12: the client of a commit dies while the database still works on it. The next
// session waits for the end of it, and tells the waiting caller the truth.
func TestFence_ACommitThatFinishesAfterItsClientDied(t *testing.T) {
	for name, wins := range map[string]bool{"commits": true, "is aborted": false} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t, nil)
			if _, err := r.writer.Do(t.Context(), incr("a")); err != nil {
				t.Fatal(err)
			}
			holder := r.sql(t)
			tx, err := holder.Begin(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = tx.Rollback(context.Background()) }()
			if _, err := tx.Exec(t.Context(), "select from log_head for update"); err != nil {
				t.Fatal(err)
			}
			answer := make(chan error, 1)
			go func() {
				_, err := r.writer.Do(context.Background(), incr("a"))
				answer <- err
			}()
			backend := r.waitBlocked(t)
			r.wire.kill(t)
			if !wins {
				number(t, r.sql(t), "select pg_terminate_backend($1)::int", backend)
			}
			select {
			case err := <-answer:
				if wins {
					t.Fatalf("answered %v before the outcome was known", err)
				}
				answer <- err
			case <-time.After(500 * time.Millisecond):
			}
			if err := tx.Rollback(t.Context()); err != nil {
				t.Fatal(err)
			}
			err = <-answer
			value := number(t, r.sql(t), "select value from counter_value where key = 'a'")
			entries := number(t, r.sql(t), "select count(*) from outbox")
			if wins && (err != nil || value != 2 || entries != 2) {
				t.Errorf("answer %v, counter %d, %d entries; the commit had finished", err, value, entries)
			}
			if !wins && (!errors.Is(err, region.ErrUnavailable) || value != 1 || entries != 1) {
				t.Errorf("answer %v, counter %d, %d entries; the commit was aborted", err, value, entries)
			}
		})
	}
}

// I12: a second process waits for the lock, and gives up with the name of who has it.
func TestFence_ASecondProcessDoesNotStart(t *testing.T) {
	r := newRig(t, nil)
	s, err := store.Open(t.Context(), store.Config{DSN: r.dsn, Region: "us"})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if _, err := s.Acquire(t.Context(), 200*time.Millisecond); !errors.Is(err, region.ErrFenced) {
		t.Errorf("got %v, want %v", err, region.ErrFenced)
	}
}

// A database of another region is refused, whatever it is asked.
func TestAcquire_RefusesAnotherRegionsDatabase(t *testing.T) {
	r := &rig{dsn: newDatabase(t)}
	acquire(t, r.dsn).Close()
	s, err := store.Open(t.Context(), store.Config{DSN: r.dsn, Region: "eu"})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if _, err := s.Acquire(t.Context(), time.Second); !errors.Is(err, store.ErrOtherRegion) {
		t.Errorf("got %v, want %v", err, store.ErrOtherRegion)
	}
}

func emptyCommit() *store.Commit {
	rows := state.NewRows()
	return &store.Commit{Rows: rows, Account: &state.NewCycle("us", rows).Account}
}

func acquire(t *testing.T, dsn string) *store.Session {
	t.Helper()
	s, err := store.Open(t.Context(), store.Config{DSN: dsn, Region: "us"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	session, err := s.Acquire(t.Context(), 3*time.Second)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(session.Close)
	return session
}

// waitBlocked waits until the writer's backend waits for a lock, and returns its pid.
func (r *rig) waitBlocked(t *testing.T) (pid int64) {
	t.Helper()
	conn := r.sql(t)
	regiontest.Eventually(t, 5*time.Second, func() string {
		pid = number(t, conn, `select coalesce(max(pid), 0) from pg_stat_activity
			where datname = current_database() and wait_event_type = 'Lock' and query like '%advance_head%'`)
		if pid == 0 {
			return "the writer does not wait for the lock"
		}
		return ""
	})
	return pid
}
