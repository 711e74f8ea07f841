package writer

import (
	"context"

	"pangea/crdt"
	"pangea/region"
	"pangea/region/position"
	"pangea/region/store"
)

// commit writes c, and makes it known.
func (w *Writer) commit(ctx context.Context, c *store.Commit) error {
	if err := w.session.Commit(ctx, c); err != nil {
		return err
	}
	w.hasRoom()
	if c.Entry != nil {
		w.applied = w.applied.Clone()
		w.applied[c.Entry.Origin] = c.Entry.Seq
		w.ordinals = w.ordinals.Clone()
		w.ordinals[c.Entry.Origin] = c.Entry.LastOrdinal()
	}
	if len(c.Positions) > 0 {
		w.applied, w.ordinals = w.applied.Clone(), w.ordinals.Clone()
		for origin, p := range c.Positions {
			w.applied[origin], w.ordinals[origin] = p.Applied, p.Ordinal
		}
	}
	w.metrics.book(c.Account)
	w.publish()
	if c.Entry != nil { // after publish: no peer may report it before this region knows it
		region.Follow(w.cfg.Logger, region.Committed, c.Entry.Origin, c.Entry.Seq, c.Entry.Seq)
		w.wakeShipper(region.Record{Seq: c.Entry.Seq, Payload: c.Entry.Payload})
	}
	return nil
}

// publish tells the tracker what is committed. The vectors are shared from now on:
// commit replaces them instead of changing them.
func (w *Writer) publish() {
	stored, sums := w.applied.Clone(), make(map[crdt.Origin]region.Checksum, len(w.applied))
	for origin, p := range w.session.Positions() {
		stored[origin], sums[origin] = p.Stored, p.Checksum
	}
	w.publishPositions()
	head := w.session.Head()
	w.tracker.Advance(&position.Local{
		Origin: head.Origin, Head: head.Head, Stored: stored, Applied: w.applied, Ordinals: w.ordinals, Waiting: w.forget(),
		Sums: sums, Proven: w.proof.proven, Contradicted: w.proof.evidence != "", Doubt: w.proof.doubt,
	})
}

func (w *Writer) wakeShipper(r region.Record) {
	select {
	case w.commits <- r:
	default: // it is behind, and will read the outbox
	}
}
