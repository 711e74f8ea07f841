package applier

import (
	"context"
	"fmt"
	"time"

	"pangea/region"
)

// detourPause is the longest pause while the peer's /log stands in for its stream.
const detourPause = 500 * time.Millisecond

// detours reports whether reading ended for want of a stream: not because of the link,
// of an entry or of this region's database. What JetStream refuses counts too: it has
// many words for a full disk.
func detours(cause string) bool {
	switch cause {
	case deleted, noLog, ahead, behind, other:
		return true
	default:
		return false
	}
}

// detour delivers what the peer had reported to have when it began, from the peer's own
// /log; then it is the stream's turn again. The relay could do that too, but only guess
// by the clock that a stream has stopped, and a busy database would have it read what
// the session reads.
func (a *Applier) detour(ctx context.Context) error {
	head := a.cfg.Head(a.cfg.Peer)
	_, err := a.readLog(ctx, stored(a.sink, head.Origin), head, false)
	return err
}

// readLog delivers what the peer's own record has after at, as far as to. Gap has the
// peer check its stream. If it no longer keeps the entry either, the session ends: the
// relay or a snapshot brings it, in time for a later one.
func (a *Applier) readLog(ctx context.Context, at tail, to region.Position, gap bool) (tail, error) {
	for at.seq < to.Seq {
		next, err := a.pager.pull(ctx, a.cfg.Peer, to.Origin, at, gap)
		if err != nil {
			return next, err
		}
		if next == at {
			return at, fmt.Errorf("%w: %s has nothing after entry %d", errLogRead, a.cfg.Peer, at.seq)
		}
		at = next
	}
	return at, nil
}
