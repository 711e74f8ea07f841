package position

import (
	"context"

	"pangea/crdt"
	"pangea/region"
)

// WaitApplied returns once the region has applied v, or ctx's error.
func (t *Tracker) WaitApplied(ctx context.Context, v crdt.Vector) error {
	return t.wait(ctx, func() bool { return t.local != nil && t.local.Applied.Covers(v) })
}

// WaitStored returns once at least n registered peers have p in their databases,
// or ctx's error. A position in no log is everywhere.
func (t *Tracker) WaitStored(ctx context.Context, p region.Position, n int) error {
	return t.wait(ctx, func() bool {
		if p.Seq == 0 {
			return true
		}
		have := 0
		for _, peer := range t.peers {
			if peer.registered && peer.stored[p.Origin] >= p.Seq {
				have++
			}
		}
		return have >= n
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
