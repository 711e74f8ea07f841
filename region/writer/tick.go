package writer

import (
	"context"
	"time"

	"pangea/crdt"
	"pangea/region"
	"pangea/region/state"
	"pangea/region/store"
)

const (
	sweepEvery = 10 * time.Second
	sweepRows  = 500
)

// tickEvery is short while the region starts.
func (w *Writer) tickEvery() time.Duration {
	if w.held || !w.proof.proven {
		return 100 * time.Millisecond
	}
	return time.Second
}

// tick shows each second that the database answers, and now and then collects
// tombstones.
func (w *Writer) tick(ctx context.Context, now time.Time) error {
	if err := w.identify(ctx, false); err != nil {
		return err
	}
	if err := w.resolve(ctx); err != nil {
		return err
	}
	w.more = w.more || len(w.tracker.Local().Waiting) > 0 // for what may be lost for good by now
	if now.Before(w.sweepAt) {
		if err := w.session.Ping(ctx); err != nil {
			return err
		}
		w.tracker.Beat()
		return nil
	}
	w.sweepAt = now.Add(sweepEvery)
	if err := w.sweep(ctx); !store.NoRoom(err) {
		return err
	}
	return nil
}

// sweep deletes the tombstones of prefs fields that every registered peer has (§2),
// a bounded number at once. None is deleted whose stamp the own clock has not
// passed: the next write to the field must still beat it at peers that keep it.
func (w *Writer) sweep(ctx context.Context) error {
	if w.cfg.Clock == state.WallClock {
		return nil
	}
	head := w.session.Head()
	dead, err := w.session.Tombstones(ctx, w.tracker.Stable(), head.Clock, sweepRows)
	if err != nil {
		return err
	}
	rows := state.NewRows()
	cycle := state.NewCycle(w.cfg.Region, rows)
	for m, r := range dead {
		rows.Prefs[m] = &state.Cell[crdt.Register]{Was: r}
		cycle.Collect(region.Prefs, r)
	}
	if len(dead) == sweepRows {
		w.sweepAt = time.Now()
	}
	return w.commit(ctx, &store.Commit{Clock: head.Clock, Rows: rows, Account: &cycle.Account})
}
