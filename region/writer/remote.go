package writer

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"time"

	"pangea/crdt"
	"pangea/region"
	"pangea/region/position"
	"pangea/region/state"
	"pangea/region/store"
)

// delivery is a run of consecutive entries of one log.
type delivery struct {
	entries []*region.Entry
	done    chan error // buffered: the writer never waits for who delivered
}

// waitingLog is the part of a remote log that is stored and not applied.
type waitingLog struct {
	// entries follow the applied one without a gap. They are a prefix of what waits:
	// the rest, if any, is only in the inbox.
	entries []*region.Entry
	bytes   int
	since   time.Time // when entries[0] was first found blocked
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
// already are dropped. An error says nothing about how many of them were stored.
func (w *Writer) Deliver(ctx context.Context, entries []*region.Entry) error {
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
	arrived, moved := w.arrived, map[crdt.Origin]store.Position{}
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
	if store.Refused(err) {
		// The same rules let it pass at its origin, so this is a defect. It must not
		// take local writes down with it, and it must not be skipped (I5).
		w.cfg.Logger.Error("the database refuses entries of a peer; its log stands still here", "err", err)
		w.load()
		w.mergeAt = time.Now().Add(time.Second)
		return nil
	}
	return err
}

func (w *Writer) mergeRun(ctx context.Context, fresh []*region.Entry, moved map[crdt.Origin]store.Position) error {
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
		w.metrics.applied(e, w.cfg.Now().Sub(e.CommittedAt)+w.tracker.Offset(e.Origin.Region))
	}
	w.metrics.observe(w.metrics.merge, len(run), time.Since(start))
	return nil
}

// accept checks that a delivery continues the stored logs, notes their new ends in
// moved and queues the entries. It returns those that are to be stored.
func (w *Writer) accept(d *delivery, moved map[crdt.Origin]store.Position) ([]*region.Entry, error) {
	var fresh []*region.Entry
	for _, e := range d.entries {
		if e.Origin == w.session.Head().Origin {
			return nil, fmt.Errorf("deliver %s %d: that is this region's own log", e.Origin, e.Seq)
		}
		p := w.position(e.Origin, moved)
		if e.Seq <= p.Stored {
			w.metrics.duplicates.Inc()
			continue
		}
		if e.Seq != p.Stored+1 {
			return nil, fmt.Errorf("%w: %s %d after %d", ErrGap, e.Origin, e.Seq, p.Stored)
		}
		fresh = append(fresh, e)
		p.Stored, p.Checksum = e.Seq, e.Checksum
		w.queue(e, p)
		moved[e.Origin] = p
	}
	return fresh, nil
}

// position is that of a log within this cycle.
func (w *Writer) position(o crdt.Origin, moved map[crdt.Origin]store.Position) store.Position {
	if p, ok := moved[o]; ok {
		return p
	}
	return w.session.Positions()[o]
}

// queue remembers e, if everything between it and the applied entry is remembered
// too and there is room; otherwise the inbox has it.
func (w *Writer) queue(e *region.Entry, p store.Position) {
	log := w.log(e.Origin)
	if p.Applied+uint64(len(log.entries))+1 == e.Seq && (log.bytes < w.cfg.MaxBlocked || len(log.entries) == 0) {
		log.entries = append(log.entries, e)
		log.bytes += len(e.Payload)
	}
}

func (w *Writer) log(o crdt.Origin) *waitingLog {
	if w.logs[o] == nil {
		w.logs[o] = &waitingLog{}
	}
	return w.logs[o]
}

// refill reads what waits in the inbox for logs of which nothing is remembered.
func (w *Writer) refill(ctx context.Context) error {
	for origin, p := range w.session.Positions() {
		log := w.log(origin)
		if len(log.entries) > 0 || p.Applied == p.Stored {
			continue
		}
		records, err := w.session.Inbox(ctx, origin, p.Applied+1, w.cfg.MaxBlocked/2)
		if err != nil {
			return err
		}
		for _, r := range records {
			e, err := region.Decode(r.Payload)
			if err != nil {
				return fmt.Errorf("inbox entry %s %d: %w", origin, r.Seq, err)
			}
			log.entries = append(log.entries, e)
			log.bytes += len(e.Payload)
		}
	}
	return nil
}

// schedule picks the entries to apply now: of each log in order, each only when
// what it depends on is applied, at most MaxRun events. It goes round the logs until
// none can move, so that no log waits for another's turn.
func (w *Writer) schedule() []*region.Entry {
	applied := w.applied.Clone()
	next := map[crdt.Origin]int{}
	var run []*region.Entry
	events := 0
	for progress := true; progress && events < w.cfg.MaxRun; {
		progress = false
		for origin, log := range w.logs {
			for next[origin] < len(log.entries) && events < w.cfg.MaxRun {
				e := log.entries[next[origin]]
				if !w.cfg.IgnoreDeps && !ready(e, applied) {
					break
				}
				run = append(run, e)
				applied[origin] = e.Seq
				events += len(e.Events)
				next[origin]++
				progress = true
			}
		}
	}
	w.more = events >= w.cfg.MaxRun
	return run
}

// ready reports whether everything that e's writer had seen is applied (I6).
func ready(e *region.Entry, applied crdt.Vector) bool {
	return applied[e.Origin] == e.Seq-1 && applied.Covers(e.Deps)
}

// planMerge applies run to the rows it touches and moves the positions on.
func (w *Writer) planMerge(ctx context.Context, run []*region.Entry, moved map[crdt.Origin]store.Position) (*store.Commit, error) {
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

// forget drops what was applied from the remembered logs, and notes what the rest
// waits for.
func (w *Writer) forget() map[crdt.Origin]position.Waiting {
	waiting := map[crdt.Origin]position.Waiting{}
	for origin, log := range w.logs {
		for len(log.entries) > 0 && log.entries[0].Seq <= w.applied[origin] {
			log.bytes -= len(log.entries[0].Payload)
			log.entries[0] = nil
			log.entries = log.entries[1:]
			log.since = time.Time{}
		}
		if len(log.entries) == 0 {
			log.entries = nil
			p := w.session.Positions()[origin]
			w.more = w.more || p.Stored > p.Applied // the inbox has the rest
			continue
		}
		if on, blocked := missing(log.entries[0], w.applied); blocked {
			if log.since.IsZero() {
				log.since = time.Now()
			}
			waiting[origin] = position.Waiting{CommittedAt: log.entries[0].CommittedAt, On: on, Since: log.since}
		}
	}
	return waiting
}

// missing is an entry that e depends on and that is not applied.
func missing(e *region.Entry, applied crdt.Vector) (region.Position, bool) {
	for _, origin := range e.Deps.Origins() {
		if origin != e.Origin && applied[origin] < e.Deps[origin] {
			return region.Position{Origin: origin, Seq: e.Deps[origin]}, true
		}
	}
	return region.Position{}, false
}

// drop forgets everything remembered: the next session reads it from the inbox.
func (w *Writer) drop() {
	w.logs = map[crdt.Origin]*waitingLog{}
	w.more = false
}

// local state of the logs, as other goroutines see it.
func (w *Writer) publishPositions() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.positions = maps.Clone(w.session.Positions())
}
