package stream

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"os"
	"strconv"

	"github.com/nats-io/nats.go/jetstream"

	"pangea/crdt"
	"pangea/region"
)

// Tail is the end of a stream.
type Tail struct {
	// Origin is the log that the stream holds, by its own word; zero if it does not say.
	Origin crdt.Origin
	// Last is the last message that can be read; Seq 0 if there is none.
	Last region.Record
	// First is the oldest sequence; those before went when the stream was full.
	First uint64
	// Next is the sequence that JetStream will give to the next message; 0 if there is
	// no stream.
	Next uint64
	// Refill says that the stream is not offered to peers yet.
	Refill bool
	// Damage says why the stream cannot be continued; empty if it can.
	Damage string
}

// Tail reads the end of the stream from what it holds: its counters alone have
// been seen to promise messages that were gone. That it holds another log than l is
// damage, but its end is told nonetheless.
func (l *Log) Tail(ctx context.Context) (Tail, error) {
	s, err := l.js.Stream(ctx, streamName(l.origin.Region))
	if errors.Is(err, jetstream.ErrStreamNotFound) {
		return Tail{Damage: "there is no stream"}, nil
	}
	if err != nil {
		return Tail{}, fmt.Errorf("look up the stream: %w", err)
	}
	info := s.CachedInfo()
	if err := led(info.Cluster, info.Config.Replicas); err != nil {
		return Tail{}, err
	}
	tail := Tail{First: info.State.FirstSeq}
	tail.Origin, tail.Refill = holds(l.origin.Region, info.Config.Metadata)
	if tail.Last, err = record(s.GetLastMsgForSubject(ctx, logSubject(l.origin.Region))); err != nil {
		return Tail{}, err
	}
	// What was under way when the one was asked may be there when the other is.
	tail.Next = max(info.State.LastSeq, tail.Last.Seq) + 1
	tail.Damage = l.damage(info.State, tail)
	return tail, nil
}

// led returns ErrNoQuorum unless a stream has a leader that most of its replicas follow.
// One that lost them answers on, and what it says may be old; that it takes no entry is
// then no flaw of the stream.
func led(c *jetstream.ClusterInfo, replicas int) error {
	if replicas <= 1 || c == nil {
		return nil
	}
	alive := 0
	if c.Leader != "" {
		alive++
	}
	for _, r := range c.Replicas {
		if !r.Offline && r.Active < silent {
			alive++
		}
	}
	if c.Leader == "" || alive <= replicas/2 {
		return fmt.Errorf("%w: %d of %d", ErrNoQuorum, alive, replicas)
	}
	return nil
}

// holds reads from a stream's metadata whose log it is; the zero Origin if they do not
// tell.
func holds(name string, metadata map[string]string) (o crdt.Origin, refill bool) {
	text, refill := metadata[refillKey]
	if !refill {
		text = metadata[epochKey]
	}
	epoch, err := strconv.ParseUint(text, 10, 32)
	if err != nil || epoch == 0 {
		return crdt.Origin{}, refill
	}
	return crdt.Origin{Region: name, Epoch: uint32(epoch)}, refill
}

// record is a message that was asked for. A server that does not find it has nothing there,
// or so damaged that it cannot be read. One that answers with another error, as a cluster
// that has just started does, may have it.
func record(m *jetstream.RawStreamMsg, err error) (region.Record, error) {
	if refused := (*jetstream.APIError)(nil); errors.As(err, &refused) && refused.Code == 404 || errors.Is(err, jetstream.ErrMsgNotFound) {
		return region.Record{}, nil
	}
	if err != nil {
		return region.Record{}, fmt.Errorf("read the stream: %w", err)
	}
	return region.Record{Seq: m.Sequence, Payload: m.Data}, nil
}

// damage compares what the stream should be with what it is. JetStream serves on
// without its files, from those that it has open, until it needs another.
func (l *Log) damage(s jetstream.StreamState, t Tail) string {
	var err error
	if l.storage.dir != "" {
		_, err = os.Stat(l.storage.dir)
	}
	switch {
	case t.Origin != l.origin:
		return fmt.Sprintf("it says that it holds epoch %d, not %d", t.Origin.Epoch, l.origin.Epoch)
	case errors.Is(err, os.ErrNotExist):
		return fmt.Sprintf("its directory %s is gone", l.storage.dir)
	case s.NumDeleted > 0:
		return fmt.Sprintf("%d entries are missing between %d and %d", s.NumDeleted, s.FirstSeq, s.LastSeq)
	case s.Msgs > 0 && t.Last.Seq < s.LastSeq:
		return fmt.Sprintf("it should end in entry %d, but the last that can be read is %d", s.LastSeq, t.Last.Seq)
	default:
		return ""
	}
}

// Read returns one record of the stream; Seq 0 if it is not there or cannot be read.
func (l *Log) Read(ctx context.Context, seq uint64) (region.Record, error) {
	s, err := l.js.Stream(ctx, streamName(l.origin.Region))
	if err != nil {
		return region.Record{}, fmt.Errorf("look up the stream: %w", err)
	}
	return record(s.GetMsg(ctx, seq))
}

// Records reads one by one what the stream holds from a sequence on up to its present
// end, whatever log that is. What cannot be read is left out. It ends with the first
// error.
func (l *Log) Records(ctx context.Context, from uint64) iter.Seq2[region.Record, error] {
	return func(yield func(region.Record, error) bool) {
		s, err := l.js.Stream(ctx, streamName(l.origin.Region))
		if errors.Is(err, jetstream.ErrStreamNotFound) {
			return
		}
		if err != nil {
			yield(region.Record{}, fmt.Errorf("look up the stream: %w", err))
			return
		}
		held, next := s.CachedInfo().State, jetstream.WithGetMsgSubject(logSubject(l.origin.Region))
		for seq := max(1, from, held.FirstSeq); seq <= held.LastSeq; seq++ {
			r, err := record(s.GetMsg(ctx, seq, next))
			if r.Seq == 0 && err == nil {
				continue
			}
			if !yield(r, err) || err != nil {
				return
			}
			seq = r.Seq
		}
	}
}
