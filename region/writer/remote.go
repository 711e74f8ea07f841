package writer

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"pangea/crdt"
	"pangea/region"
	"pangea/region/state"
	"pangea/region/store"
)

// delivery is a run of consecutive entries of one log.
type delivery struct {
	entries []*region.Entry
	done    chan error // buffered: the writer never waits for who delivered
}

// ErrGap: the entries delivered do not continue the stored log.
var ErrGap = errors.New("entries do not continue the stored log")

// Stored is the last entry of a log in this region's database, applied or not.
func (w *Writer) Stored(origin crdt.Origin) (uint64, region.Checksum) {
	w.mu.Lock()
	defer w.mu.Unlock()
	p := w.positions[origin]
	return p.Stored, p.Checksum
}

// Deliver hands over consecutive entries of one log, which continue what Stored
// says. It returns once they are in the database (I5), which acknowledges them;
// they are applied when what they depend on is (I6). Entries that are stored
// already are dropped. An error says nothing about how many of them were stored; it
// wraps region.ErrFork if what is stored is of another history (I14), or ErrGap.
func (w *Writer) Deliver(ctx context.Context, entries []*region.Entry) error {
	if len(entries) == 0 {
		return nil
	}
	d := &delivery{entries: entries, done: make(chan error, 1)}
	select {
	case w.deliveries <- d:
	case <-ctx.Done():
		return ctx.Err()
	}
	select {
	case err := <-d.done:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// merge runs one cycle: it stores what was delivered, and applies a bounded run of
// what may be applied. An error means that the session cannot go on.
func (w *Writer) merge(ctx context.Context) error {
	arrived, moved := w.arrived, map[crdt.Origin]region.Progress{}
	w.arrived = nil
	var (
		fresh    []*region.Entry
		accepted []*delivery
	)
	for _, d := range arrived {
		entries, err := w.accept(d, moved)
		if err != nil {
			d.done <- err
			continue
		}
		fresh, accepted = append(fresh, entries...), append(accepted, d)
	}
	err := w.mergeRun(ctx, fresh, moved)
	for _, d := range accepted {
		d.done <- err
	}
	if store.NoRoom(err) {
		w.load() // what was accepted is not stored
		w.ranOut(err)
		return nil
	}
	if store.Busy(err) {
		w.stands("somebody else locks a table of the log; entries of peers wait", err)
		w.load()
		w.mergeAt = time.Now().Add(time.Second)
		return nil
	}
	if store.Refused(err) {
		// The same rules let it pass at its origin, so this is a defect. It must not
		// take local writes down with it, and it must not be skipped (I5).
		w.stands("the database refuses entries of a peer; its log stands still here", err)
		w.load()
		w.mergeAt = time.Now().Add(time.Second)
		return nil
	}
	return err
}

func (w *Writer) mergeRun(ctx context.Context, fresh []*region.Entry, moved map[crdt.Origin]region.Progress) error {
	start := time.Now()
	if err := w.refill(ctx); err != nil {
		return err
	}
	run := w.schedule()
	if len(fresh) == 0 && len(run) == 0 {
		return nil
	}
	c, err := w.planMerge(ctx, run, moved)
	if err != nil {
		return err
	}
	c.Inbox = fresh
	if err := w.commit(ctx, c); err != nil {
		return err
	}
	for _, e := range run {
		region.Follow(w.cfg.Logger, region.Merged, e.Origin, e.Seq, e.Seq)
		w.metrics.applied(e, w.cfg.Now().Sub(e.CommittedAt)+w.tracker.Offset(e.Origin.Region))
	}
	w.goOn()
	w.metrics.observe(w.metrics.merge, len(run), time.Since(start))
	return nil
}

// stands tells once why entries of peers wait, and goOn that they do not any more.
func (w *Writer) stands(why string, err error) {
	if w.standing != why {
		w.cfg.Logger.Error(why, "err", err)
	}
	w.standing = why
}

func (w *Writer) goOn() {
	if w.standing != "" {
		w.cfg.Logger.Info("entries of peers are merged again")
	}
	w.standing = ""
}

// accept checks that a delivery continues the stored logs, notes their new ends in
// moved and queues the entries. It returns those that are to be stored.
func (w *Writer) accept(d *delivery, moved map[crdt.Origin]region.Progress) ([]*region.Entry, error) {
	origin := d.entries[0].Origin
	if origin == w.session.Head().Origin {
		return nil, fmt.Errorf("deliver %s %d: that is this region's own log", origin, d.entries[0].Seq)
	}
	p := w.position(origin, moved)
	fresh, err := w.unseen(d.entries, p)
	if err != nil {
		return nil, err
	}
	for i, e := range fresh {
		if want := p.Stored + 1 + uint64(i); e.Origin != origin || e.Seq != want {
			return nil, fmt.Errorf("%w: %s %d where %s %d is next", ErrGap, e.Origin, e.Seq, origin, want)
		}
	}
	for _, e := range fresh {
		p.Stored, p.Checksum = e.Seq, e.Checksum
		w.queue(e, p)
		moved[origin] = p
	}
	return fresh, nil
}

// unseen drops the entries that are stored already: two may deliver one log at a time.
// What they read must be one history, where it meets what is stored (I14); it was
// checked to be one in itself.
func (w *Writer) unseen(entries []*region.Entry, p region.Progress) ([]*region.Entry, error) {
	fresh := slices.Clone(entries)
	for len(fresh) > 0 && fresh[0].Seq <= p.Stored {
		if e := fresh[0]; e.Seq == p.Stored && e.Checksum != p.Checksum {
			return nil, forked(e, p)
		}
		w.metrics.duplicates.Inc()
		fresh = fresh[1:]
	}
	if len(fresh) > 0 && fresh[0].Seq == p.Stored+1 && !fresh[0].Follows(p.Checksum) {
		return nil, forked(fresh[0], p)
	}
	return fresh, nil
}

func forked(e *region.Entry, p region.Progress) error {
	return fmt.Errorf("%w: entry %d of %s does not continue what is stored up to %d with checksum %s",
		region.ErrFork, e.Seq, e.Origin, p.Stored, p.Checksum)
}

// position is that of a log within this cycle.
func (w *Writer) position(o crdt.Origin, moved map[crdt.Origin]region.Progress) region.Progress {
	if p, ok := moved[o]; ok {
		return p
	}
	return w.session.Positions()[o]
}

// planMerge applies run to the rows it touches and moves the positions on.
func (w *Writer) planMerge(ctx context.Context, run []*region.Entry, moved map[crdt.Origin]region.Progress) (*store.Commit, error) {
	rows := state.NewRows()
	for _, e := range run {
		for i := range e.Events {
			rows.WantEvent(&e.Events[i])
		}
	}
	if err := w.session.Fill(ctx, rows); err != nil {
		return nil, err
	}
	cycle := state.NewCycle(w.cfg.Region, rows)
	clock, now := w.session.Head().Clock, w.cfg.Now()
	for _, e := range run {
		cycle.ApplyEntry(e)
		clock = w.witness(clock, e, now)
		p := w.position(e.Origin, moved)
		p.Applied, p.Ordinal = e.Seq, e.LastOrdinal()
		moved[e.Origin] = p
	}
	return &store.Commit{Clock: clock, Positions: moved, Rows: rows, Account: &cycle.Account}, nil
}

func (w *Writer) witness(clock crdt.Stamp, e *region.Entry, now time.Time) crdt.Stamp {
	for i := range e.Events {
		next, ahead := clock.Witness(e.Events[i].Stamp, now, w.cfg.MaxAhead)
		if ahead {
			w.metrics.ahead.Inc()
		}
		clock = next
	}
	return clock
}

// publishPositions shows other goroutines where the logs are.
func (w *Writer) publishPositions() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.positions = maps.Clone(w.session.Positions())
}
