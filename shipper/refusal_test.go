package shipper_test

import (
	"context"
	"errors"
	"strings"
	"sync/atomic"
	"testing"

	"pangea/region"
	"pangea/shipper"
)

// stuckStream refuses entries so many times, or until it is made anew: as JetStream does
// for ever once it met a full disk.
type stuckStream struct {
	shipper.Stream
	refusals atomic.Int64
}

func (s *stuckStream) Publish(ctx context.Context, records []region.Record) error {
	if s.refusals.Add(-1) >= 0 {
		return errors.New("no answer")
	}
	return s.Stream.Publish(ctx, records)
}

func (s *stuckStream) Recreate(ctx context.Context, first uint64) error {
	s.refusals.Store(0)
	return s.Stream.Recreate(ctx, first)
}

// A stream that was out of reach while peers read on at /log only has to catch up: that it
// ends before what they have stored is no flaw of it.
func TestShipper_DoesNotRebuildAStreamThatWasOutOfReach(t *testing.T) {
	l := openLog(t, serve(t, t.TempDir()), us)
	away := &stuckStream{Stream: l}
	o := newOutbox(us)
	o.commit(10)
	s := start(t, o, away, us)
	awaitStream(t, l, o, 1, 10)
	away.refusals.Store(1)
	o.want(13) // a peer has stored 12
	for _, r := range o.commit(2) {
		s.commits <- r
	}
	awaitStream(t, l, o, 1, 12)
	s.stop()
	if n := value(t, s.reg, "pangea_shipper_errors_total"); n != 1 {
		t.Errorf("the stream was out of reach %v times, want 1", n)
	}
	if text := s.log.String(); strings.Contains(text, "a peer has stored") {
		t.Errorf("the stream was rebuilt:\n%s", text)
	}
}

// A stream that takes no more entries is made anew, from the lowest that a peer needs;
// one that refuses once is not.
func TestShipper_RebuildsAStreamThatTakesNoMore(t *testing.T) {
	for refusals, first := range map[int64]uint64{1: 1, 1000: 8} {
		l := openLog(t, serve(t, t.TempDir()), us)
		broken := &stuckStream{Stream: l}
		o := newOutbox(us)
		o.commit(10)
		s := start(t, o, broken, us)
		awaitStream(t, l, o, 1, 10)
		o.trim(8)
		broken.refusals.Store(refusals)
		s.commits <- o.commit(1)[0]
		awaitStream(t, l, o, 8, 11)
		s.stop()
		if tail, err := l.Tail(t.Context()); err != nil || tail.First != first {
			t.Errorf("after %d refusals the stream begins with %d, %v; want %d", refusals, tail.First, err, first)
		}
	}
}
