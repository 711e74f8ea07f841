package writer

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"pangea/region"
	"pangea/region/state"
	"pangea/region/store"
)

// group is the local writes of one cycle.
type group struct {
	members []member
	bytes   int
}

// member is one write of a group, and where its answer goes.
type member struct {
	write  *region.Write
	to     *request
	index  int // of the write in its request
	result region.Result
	err    error
}

// localCycle commits a group of what waits, if the log is this process's to write.
func (w *Writer) localCycle(ctx context.Context) error {
	if !w.proof.proven {
		if err := w.identify(ctx, true); err != nil {
			return err
		}
	}
	if !w.proof.proven {
		w.refuse()
		return nil
	}
	g := w.gather()
	if len(g.members) == 0 {
		return nil
	}
	return w.local(ctx, g)
}

// gather takes waiting writes, in order, until the group is full.
func (w *Writer) gather() *group {
	g := &group{}
	for w.current != nil {
		r := w.current
		i, ok, more := r.take(g.fits)
		switch {
		case ok:
			g.members = append(g.members, member{write: &r.writes[i], to: r, index: i})
			g.bytes += size(&r.writes[i])
		case more:
			return g
		default:
			w.current = nil
			w.drain()
		}
	}
	return g
}

func (g *group) fits(w *region.Write) bool {
	return len(g.members) == 0 || g.bytes+size(w) <= maxGroup
}

// size is an upper bound of what a write adds to an entry, in bytes.
func size(w *region.Write) int {
	const perEvent = 64 // kind, lengths, stamps, and the dots of a few origins
	n := 4*perEvent + len(w.Key) + len(w.Member) + len(w.Value)
	for i := range w.Fields {
		n += 24 + len(w.Fields[i].Name) + len(w.Fields[i].Value)
	}
	return n
}

// local runs one cycle for a group of writes, and answers them. An error means
// that the session cannot go on.
func (w *Writer) local(ctx context.Context, g *group) error {
	start := time.Now()
	if w.disk.refuses(start) {
		g.fail(noRoom())
		return nil
	}
	c, err := w.plan(ctx, g)
	if err == nil && c != nil {
		err = w.commit(ctx, c)
	}
	switch {
	case err == nil:
		g.answer()
		w.metrics.observe(w.metrics.local, len(g.members), time.Since(start))
		return nil
	case errors.Is(err, store.ErrUnknownOutcome):
		w.unsettled = &unsettled{group: g, session: w.session.ID(), head: w.session.Head()}
		return err
	case store.NoRoom(err):
		w.ranOut(err)
		g.fail(noRoom())
		return nil
	case store.Busy(err):
		g.fail(fmt.Errorf("%w: %w", region.ErrUnavailable, err))
		return nil
	case store.Refused(err) && len(g.members) > 1:
		return w.replay(ctx, g)
	case store.Refused(err):
		g.fail(fmt.Errorf("%w: %w", region.ErrRejected, err))
		return nil
	default:
		g.fail(fmt.Errorf("%w: %w", region.ErrUnavailable, err))
		return err
	}
}

// replay commits the writes of a refused group one by one, so that only the
// offender gets the error.
func (w *Writer) replay(ctx context.Context, g *group) error {
	for i := range g.members {
		if err := w.local(ctx, &group{members: g.members[i : i+1]}); err != nil {
			rest := &group{members: g.members[i+1:]}
			rest.fail(fmt.Errorf("%w: %w", region.ErrUnavailable, err))
			return err
		}
	}
	return nil
}

// unsettled is a group whose commit may or may not stand.
type unsettled struct {
	group   *group
	session uuid.UUID
	head    store.Head
}

// settle answers the group that the last session left open (I1). The new session
// holds the lock, so what it reads is final.
func (w *Writer) settle(ctx context.Context) error {
	u := w.unsettled
	if u == nil {
		return nil
	}
	wrote, err := w.session.Wrote(ctx, u.session, u.head)
	switch {
	case errors.Is(err, store.ErrUnknownOutcome):
		u.group.fail(fmt.Errorf("%w: %w", region.ErrUnknown, err))
	case err != nil:
		return err
	case wrote:
		u.group.answer()
	default:
		u.group.fail(fmt.Errorf("%w: the connection broke before the commit", region.ErrUnavailable))
	}
	w.unsettled = nil
	return nil
}

// plan makes the group's commit. It is nil if there is nothing to write.
func (w *Writer) plan(ctx context.Context, g *group) (*store.Commit, error) {
	rows := state.NewRows()
	for i := range g.members {
		rows.Want(g.members[i].write)
	}
	if err := w.session.Fill(ctx, rows); err != nil {
		return nil, err
	}
	head := w.session.Head()
	p := state.NewPlan(state.NewCycle(w.cfg.Region, rows), region.Entry{
		Origin: head.Origin, Seq: head.Seq + 1, Deps: w.applied,
		FirstOrdinal: head.Ordinal + 1, CommittedAt: w.cfg.Now().Truncate(time.Microsecond),
	}, head.Clock, w.cfg.Clock)
	for i := range g.members {
		m := &g.members[i]
		m.result, m.err = p.Do(m.write)
	}
	vector := p.Vector()
	for i := range g.members {
		if g.members[i].result.Vector == nil {
			g.members[i].result.Vector = vector
		}
	}
	c := &store.Commit{Clock: p.Clock, Rows: rows, Account: &p.Account}
	remembered := false
	for _, cell := range rows.Once {
		if cell.Now.Used() && cell.Now.Result.Vector == nil {
			cell.Now.Result.Vector, remembered = vector, true
		}
	}
	if len(p.Entry.Events) == 0 && !remembered {
		return nil, nil
	}
	if len(p.Entry.Events) > 0 {
		p.Entry.Encode(nil, head.Checksum)
		c.Entry = &p.Entry
	}
	return c, nil
}

func (g *group) answer() {
	for i := range g.members {
		m := &g.members[i]
		m.to.answer(m.index, m.result, m.err)
	}
}

// fail answers every write of the group with err.
func (g *group) fail(err error) {
	for i := range g.members {
		g.members[i].result, g.members[i].err = region.Result{}, err
	}
	g.answer()
}
