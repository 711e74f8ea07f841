package applier

import (
	"context"
	"fmt"
	"io"
	"time"

	"pangea/region/stream"
)

// linger is how long a batch waits for another message.
const linger = time.Millisecond

// doubt is an entry that the stream did not give as it should, and how often.
type doubt struct {
	seq   uint64
	times int
	err   error
}

// session reads the peer's stream from the stored position until something ends it.
// It never returns nil.
func (a *Applier) session(ctx context.Context) error {
	state, err := a.peer.State(ctx)
	if err != nil {
		return err
	}
	at := a.stored(state.Origin)
	doubtful := a.doubt.seq == at.seq+1 && a.doubt.times > 1
	if doubtful || at.seq+1 < state.First {
		if at, err = a.readLog(ctx, state, at); err != nil && doubtful && unusable(a.doubt.err) {
			return &stopError{fmt.Errorf("%w (%w)", a.doubt.err, err)}
		}
		if err != nil {
			return err
		}
		a.doubt = doubt{}
	}
	s, err := a.peer.Open(ctx, state, at.seq)
	if err != nil {
		return err
	}
	defer s.Close()
	a.metrics.pending.Set(float64(state.Last - at.seq))
	for {
		if at, err = a.step(ctx, s, batch{origin: state.Origin, end: at}); err != nil {
			a.suspect(at.seq+1, err)
			return err
		}
	}
}

// step delivers what the session has and acknowledges it. What came before an error
// is delivered too. It returns the position after b.
func (a *Applier) step(ctx context.Context, s *stream.Session, b batch) (position, error) {
	var last stream.Message
	failed := b.fill(a.cfg.BatchEvents, a.cfg.BatchBytes, func() (payload []byte, err error) {
		if last.Seq == 0 {
			last, err = s.Next()
			return last.Payload, err
		}
		m, ok, err := s.NextWithin(linger)
		if !ok && err == nil {
			err = io.EOF
		}
		if err == nil {
			last = m
		}
		return m.Payload, err
	})
	if err := a.deliver(ctx, &b); err != nil {
		return b.end, err
	}
	if !paused(failed) {
		return b.end, failed
	}
	a.metrics.pending.Set(float64(last.Last - last.Seq))
	return b.end, s.Ack(last)
}

// suspect remembers an entry that did not come as it should. Once may be the link's
// doing; twice in one place is the stream's.
func (a *Applier) suspect(seq uint64, err error) {
	switch causeOf(err) {
	case gapped:
		a.metrics.gaps.Inc()
	case forked:
		a.metrics.forks.Inc()
	case undecodable:
		a.metrics.undecodable.Inc()
	default:
		return
	}
	if a.doubt.seq != seq {
		a.doubt.times = 0
	}
	a.doubt = doubt{seq: seq, times: a.doubt.times + 1, err: err}
}

// readLog delivers what the origin's own record has after at, until the stream has
// the rest. The origin checks its stream when it is asked.
func (a *Applier) readLog(ctx context.Context, state stream.State, at position) (position, error) {
	for {
		next, err := a.pull(ctx, a.cfg.Peer, state.Origin, at, true)
		if err != nil {
			return next, err
		}
		if next == at {
			return at, fmt.Errorf("%w: %s has nothing after entry %d", errLogRead, a.cfg.Peer, at.seq)
		}
		if at = next; at.seq+1 >= state.First {
			return at, nil
		}
	}
}
