package writer_test

import (
	"context"
	"errors"
	"testing"

	"pangea/region"
	"pangea/region/regiontest"
)

// A table that somebody locks for long keeps a new log out; the rest goes on in the same
// session, and so does the new log once the lock is gone.
func TestDeliver_WhileATableIsLocked(t *testing.T) {
	r := newRig(t, nil)
	r.write(t)
	session := r.lastWriter(t)
	tx, err := r.sql(t).Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = tx.Rollback(context.Background()) }()
	if _, err := tx.Exec(t.Context(), "lock table entry in share update exclusive mode"); err != nil {
		t.Fatal(err)
	}
	eu := newRemote("eu")
	for range 2 {
		eu.entry(nil)
	}
	if err := r.writer.Deliver(t.Context(), eu.log); err == nil || errors.Is(err, region.ErrFork) {
		t.Errorf("delivered: %v", err)
	}
	r.write(t)
	if err := tx.Rollback(t.Context()); err != nil {
		t.Fatal(err)
	}
	deliver(t, r.writer, eu.log...)
	regiontest.Eventually(t, regiontest.Patience, func() string {
		if v := r.tracker.Vector().String(); v != "eu=2,us=2" {
			return "applied " + v
		}
		return ""
	})
	r.write(t)
	if r.lastWriter(t) != session {
		t.Error("the session was given up")
	}
}
