package position

import (
	"context"

	"pangea/crdt"
)

// WaitApplied returns once the region has applied v, or ctx's error. It does not wait
// for entries that were lost with the region that wrote them.
func (t *Tracker) WaitApplied(ctx context.Context, v crdt.Vector) error {
	return t.wait(ctx, func() bool {
		return t.local != nil && (t.local.Applied.Covers(v) || t.local.Applied.Covers(t.extant(v)))
	})
}

// extant lowers v to what still exists: of a former log, which does not grow any more,
// no more than somebody stores. It takes every registered peer's word for that.
func (t *Tracker) extant(v crdt.Vector) crdt.Vector {
	known := t.local.Stored.Clone()
	for _, p := range t.peers {
		if p.registered && t.silent(p) >= Silence {
			return v
		}
		known.Join(p.report.Stored)
	}
	out := crdt.Vector{}
	for log, seq := range v {
		if out[log] = seq; t.ended(log) && (known[log] > 0 || log.Epoch < t.current(log.Region).Epoch) {
			out[log] = min(seq, known[log])
		}
	}
	return out
}

// ended reports whether the region of a log goes on under another epoch, or has not begun
// that one yet.
func (t *Tracker) ended(log crdt.Origin) bool {
	now := t.current(log.Region)
	return now.Region == log.Region && now != log
}

// current is the log that a region is known to write; zero if it was never heard of.
func (t *Tracker) current(name string) crdt.Origin {
	if p := t.peers[name]; p != nil {
		return p.report.Origin
	}
	return t.local.Origin
}

// WaitEnd returns once the region's own log is not log any more, or ctx's error.
func (t *Tracker) WaitEnd(ctx context.Context, log crdt.Origin) error {
	return t.wait(ctx, func() bool { return t.local != nil && t.local.Origin != log })
}

// WaitStored returns once a registered peer has v in its database, or all of them have, or
// ctx's error. Where no peer is registered it waits for one, unless the region has none.
func (t *Tracker) WaitStored(ctx context.Context, v crdt.Vector, all bool) error {
	return t.wait(ctx, func() bool {
		some, each := len(t.peers) == 0, true
		for _, p := range t.peers {
			if p.registered {
				has := p.stored.Covers(v)
				some, each = some || has, each && has
			}
		}
		return some && (each || !all)
	})
}

// wait blocks until done, which is called with t locked, holds.
func (t *Tracker) wait(ctx context.Context, done func() bool) error {
	for {
		t.mu.Lock()
		ok, changed := done(), t.changed
		t.mu.Unlock()
		if ok {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-changed:
		}
	}
}
