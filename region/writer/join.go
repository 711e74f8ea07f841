package writer

import (
	"context"
	"fmt"
	"time"

	"pangea/crdt"
	"pangea/region"
	"pangea/region/snapshot"
	"pangea/region/state"
	"pangea/region/store"
)

// joinRows is how many rows of a snapshot are written at once.
const joinRows = 5000

// joining is a snapshot to join, and where the outcome goes.
type joining struct {
	ctx      context.Context
	snapshot *snapshot.Reader
	done     chan error
}

// Join takes in another region's snapshot: it returns once its state is merged with
// this region's and the positions are moved on, all in one transaction. Meanwhile
// nothing else is written. An error means that nothing of it is here.
func (w *Writer) Join(ctx context.Context, s *snapshot.Reader) error {
	j := &joining{ctx: ctx, snapshot: s, done: make(chan error, 1)}
	select {
	case w.joins <- j:
	case <-ctx.Done():
		return ctx.Err()
	}
	return <-j.done
}

// join runs one join. An error means that the session cannot go on.
func (w *Writer) join(ctx context.Context, j *joining) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(j.ctx, cancel)()
	w.refuse()
	err := w.store.Snapshot(ctx, func(ours *store.Snapshot) error { return w.joinInto(ctx, ours, j.snapshot) })
	if err == nil {
		w.load() // before whoever waits looks where the logs are
	}
	j.done <- err
	if err != nil {
		return w.session.Ping(context.WithoutCancel(ctx))
	}
	return nil
}

func (w *Writer) joinInto(ctx context.Context, ours *store.Snapshot, theirs *snapshot.Reader) error {
	logs, err := w.joinLogs(ctx, ours.Header, theirs.Header)
	if err != nil {
		return err
	}
	tx, err := w.session.BeginJoin(ctx)
	if err != nil {
		return err
	}
	defer rollback(ctx, tx)
	err = state.Join(w.cfg.Region,
		state.Side{Vector: ours.Header.Vector(), Rows: ours.Rows()},
		state.Side{Vector: theirs.Header.Vector(), Rows: theirs.Rows()},
		joinRows, func(rows *state.Rows, account *state.Account) error { return tx.Rows(ctx, rows, account) })
	if err != nil {
		return err
	}
	if err := w.joinWaiting(ctx, tx, theirs); err != nil {
		return err
	}
	// The donor may have collected tombstones that its clock is past.
	return tx.Commit(ctx, logs, max(w.session.Head().Clock, theirs.Header.Clock))
}

// rollback does not wait for a database that says nothing: the session ends then.
func rollback(ctx context.Context, tx *store.Join) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	tx.Rollback(ctx)
}

// joinLogs is how far each log will have come.
func (w *Writer) joinLogs(ctx context.Context, ours, theirs region.SnapshotHeader) (map[crdt.Origin]region.Progress, error) {
	logs := map[crdt.Origin]region.Progress{}
	own := w.session.Head().Origin
	for log, p := range theirs.Logs {
		if err := w.compare(ctx, log, ours.Logs[log], p); err != nil {
			return nil, err
		}
		joined, err := store.Joined(log, ours.Logs[log], p)
		switch {
		case err != nil:
			return nil, err
		case log != own:
			logs[log] = joined
		case p.Stored > ours.Logs[own].Stored:
			return nil, fmt.Errorf("%s has entry %d of this region's log, which ends at %d", theirs.Donor, p.Stored, ours.Logs[own].Stored)
		}
	}
	return logs, nil
}

// compare looks at where the donor's part of a log ends within ours (I14). Where ours
// ends within theirs, joinWaiting does.
func (w *Writer) compare(ctx context.Context, log crdt.Origin, ours, theirs region.Progress) error {
	if theirs.Stored == 0 || theirs.Stored >= ours.Stored {
		return nil
	}
	sum, known, err := w.sumAt(ctx, log, theirs.Stored)
	if err != nil || !known || sum == theirs.Checksum {
		return err
	}
	return fmt.Errorf("%w: %s up to %d has checksum %s here and %s there", region.ErrFork, log, theirs.Stored, sum, theirs.Checksum)
}

// joinWaiting stores what the donor has not applied yet and this region has not stored.
func (w *Writer) joinWaiting(ctx context.Context, tx *store.Join, theirs *snapshot.Reader) error {
	var (
		chains = map[crdt.Origin]*chain{}
		batch  []*region.Entry
		bytes  int
	)
	for e, err := range theirs.Waiting() {
		if err != nil {
			return err
		}
		ours := w.session.Positions()[e.Origin]
		if chains[e.Origin] == nil {
			chains[e.Origin] = &chain{ours: ours, theirs: theirs.Header.Logs[e.Origin]}
		}
		if err := chains[e.Origin].add(e); err != nil {
			return err
		}
		if e.Seq <= ours.Stored {
			continue
		}
		if batch, bytes = append(batch, e), bytes+len(e.Payload); bytes < 4<<20 {
			continue
		}
		if err := tx.Inbox(ctx, batch); err != nil {
			return err
		}
		batch, bytes = nil, 0
	}
	return tx.Inbox(ctx, batch)
}

// chain checks that the entries of a log that wait at a donor are one history, which
// goes on from ours and ends as the donor says (I14).
type chain struct {
	ours, theirs region.Progress
	last         *region.Entry
}

func (c *chain) add(e *region.Entry) error {
	switch {
	case c.last != nil && !e.Follows(c.last.Checksum),
		e.Seq == c.ours.Stored+1 && !e.Follows(c.ours.Checksum),
		e.Seq == c.theirs.Stored && e.Checksum != c.theirs.Checksum:
		return forked(e, c.ours)
	}
	c.last = e
	return nil
}
