package applier

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"pangea/region"
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
	at, err := a.start(ctx, state)
	if err != nil {
		return err
	}
	s, err := a.peer.Open(ctx, state, at.seq)
	if err != nil {
		return err
	}
	defer s.Close()
	a.metrics.pending.Set(float64(state.Last - at.seq))
	for promised := state.Last; ; {
		at, err = a.step(ctx, s, batch{origin: state.Origin, end: at})
		switch now := stored(a.sink, state.Origin); {
		case errors.Is(err, errQuiet):
			promised, err = a.recheck(ctx, at, promised)
		case err == nil && now.seq > at.seq:
			err = fmt.Errorf("%w: entry %d after %d", errOvertaken, now.seq, at.seq)
		}
		if err != nil {
			a.suspect(at.seq+1, err)
			return err
		}
	}
}

// recheck asks a quiet stream what it has. If it had promised more than it sent since
// it was asked last, somebody else took it, or JetStream has lost track. If it has no
// more, but the peer's log does, that was not published.
func (a *Applier) recheck(ctx context.Context, at tail, promised uint64) (uint64, error) {
	if at.seq < promised {
		return promised, fmt.Errorf("%w: it had %d, and sent up to %d", errStalled, promised, at.seq)
	}
	head := a.cfg.Head(a.cfg.Peer) // first, as what is reported later may be on its way
	state, err := a.peer.State(ctx)
	if err == nil && state.Last <= at.seq && stored(a.sink, head.Origin).seq < head.Seq {
		err = fmt.Errorf("%w: it has up to %d, the log up to %d of %s", errBehind, state.Last, head.Seq, head.Origin)
	}
	return state.Last, err
}

// start is the stored position, moved on by what the stream cannot serve: entries it
// has purged, and one that came wrong twice. A stream that still holds a former log, which
// cannot be gone on with from here, keeps nobody from the present one.
func (a *Applier) start(ctx context.Context, state stream.State) (tail, error) {
	at := stored(a.sink, state.Origin)
	wrong := a.doubt.seq == at.seq+1 && a.doubt.times > 1
	if !wrong && at.seq+1 >= state.First {
		return at, nil
	}
	a.doubt.times = 0 // if the log does not help either, the stream is next again
	to := region.Position{Origin: state.Origin, Seq: max(at.seq+1, state.First-1)}
	at, err := a.readLog(ctx, at, to, true)
	if now := a.cfg.Head(a.cfg.Peer).Origin; err != nil && now != state.Origin {
		return at, fmt.Errorf("%w: it holds %s from entry %d on, the log is %s now (%w)", errBehind, state.Origin, state.First, now, err)
	}
	if err != nil && wrong && unusable(a.doubt.err) && !errors.Is(err, region.ErrTrimmed) {
		return at, &stopError{error: fmt.Errorf("%w (%w)", a.doubt.err, err), holder: a.cfg.Peer}
	}
	return at, err
}

// step delivers what the session has and acknowledges it. What came before an error
// is delivered too. It returns the position after what was delivered.
func (a *Applier) step(ctx context.Context, s *stream.Session, b batch) (tail, error) {
	start := b.end
	var last stream.Message
	failed := b.fill(a.cfg.BatchEvents, a.cfg.BatchBytes, func() ([]byte, error) {
		wait, end := linger, io.EOF
		if last.Seq == 0 {
			wait, end = a.cfg.QuietAfter, errQuiet
		}
		m, ok, err := s.Next(wait)
		if err != nil {
			return nil, err
		}
		if !ok {
			return nil, end
		}
		last = m
		return m.Payload, nil
	})
	if err := a.deliver(ctx, &b); err != nil {
		return start, err
	}
	if !paused(failed) {
		return b.end, failed
	}
	a.goesOn(b.origin, last.Seq)
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
	case stalled:
	default:
		return
	}
	if a.doubt.seq != seq {
		a.doubt.times = 0
	}
	a.doubt = doubt{seq: seq, times: a.doubt.times + 1, err: err}
}
