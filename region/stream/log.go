package stream

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"pangea/crdt"
	"pangea/region"
)

// epochKey is the metadata of a stream that says which epoch's log it holds.
const epochKey = "epoch"

func streamName(name string) string { return "LOG_" + name }
func logSubject(name string) string { return "log." + name }

// Log is a region's own stream, for its one writer.
type Log struct {
	origin   crdt.Origin
	maxBytes int64
	js       jetstream.JetStream
}

// Tail is the end of a stream.
type Tail struct {
	// Last is the last message that can be read; Seq 0 if there is none.
	Last region.Record
	// First is the oldest sequence; those before went when the stream was full.
	First uint64
	// Next is the sequence that JetStream will give to the next message.
	Next uint64
	// Damage says why the stream cannot be continued; empty if it can.
	Damage string
}

// Log is the stream of s for the log of origin. It may not exist yet: Tail tells.
func (s *Server) Log(origin crdt.Origin) (*Log, error) {
	js, err := jetstream.New(s.conn,
		jetstream.WithPublishAsyncMaxPending(256),
		jetstream.WithPublishAsyncTimeout(10*time.Second))
	if err != nil {
		return nil, err
	}
	return &Log{origin: origin, maxBytes: s.cfg.StreamBytes, js: js}, nil
}

// Tail reads the end of the stream from what it holds: its counters alone have
// been seen to promise messages that were gone.
func (l *Log) Tail(ctx context.Context) (Tail, error) {
	s, err := l.js.Stream(ctx, streamName(l.origin.Region))
	if errors.Is(err, jetstream.ErrStreamNotFound) {
		return Tail{Damage: "there is no stream"}, nil
	}
	if err != nil {
		return Tail{}, fmt.Errorf("look up the stream: %w", err)
	}
	info := s.CachedInfo()
	tail := Tail{First: info.State.FirstSeq, Next: info.State.LastSeq + 1}
	if held := info.Config.Metadata[epochKey]; held != l.epoch() {
		tail.Damage = fmt.Sprintf("the stream holds epoch %q, not %s", held, l.epoch())
		return tail, nil
	}
	if tail.Last, err = record(s.GetLastMsgForSubject(ctx, logSubject(l.origin.Region))); err != nil {
		return Tail{}, err
	}
	tail.Damage = damage(info.State, tail.Last.Seq)
	return tail, nil
}

// record is a message that was asked for. A server that answers with an error has
// nothing there, or so damaged that it cannot be read.
func record(m *jetstream.RawStreamMsg, err error) (region.Record, error) {
	if refused := (*jetstream.APIError)(nil); errors.As(err, &refused) || errors.Is(err, jetstream.ErrMsgNotFound) {
		return region.Record{}, nil
	}
	if err != nil {
		return region.Record{}, fmt.Errorf("read the stream: %w", err)
	}
	return region.Record{Seq: m.Sequence, Payload: m.Data}, nil
}

// damage compares the counters with the last message that can be read.
func damage(s jetstream.StreamState, readable uint64) string {
	switch {
	case s.NumDeleted > 0:
		return fmt.Sprintf("%d entries are missing between %d and %d", s.NumDeleted, s.FirstSeq, s.LastSeq)
	case s.Msgs > 0 && readable != s.LastSeq:
		return fmt.Sprintf("it should end in entry %d, but the last that can be read is %d", s.LastSeq, readable)
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
	m, err := s.GetMsg(ctx, seq)
	return record(m, err)
}

// Publish appends consecutive records and returns once JetStream holds them all. On
// an error it may hold some of them: read Tail again.
func (l *Log) Publish(ctx context.Context, records []region.Record) error {
	acks := make([]jetstream.PubAckFuture, 0, len(records))
	for _, r := range records {
		m := &nats.Msg{Subject: logSubject(l.origin.Region), Data: r.Payload}
		ack, err := l.js.PublishMsgAsync(m, jetstream.WithExpectLastSequence(r.Seq-1))
		if err != nil {
			return fmt.Errorf("publish entry %d: %w", r.Seq, err)
		}
		acks = append(acks, ack)
	}
	for i, ack := range acks {
		select {
		case <-ack.Ok():
		case err := <-ack.Err():
			return fmt.Errorf("publish entry %d: %w", records[i].Seq, err)
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}

// Recreate replaces the stream by an empty one whose first entry will be first. The
// consumers of peers go with the old one.
func (l *Log) Recreate(ctx context.Context, first uint64) error {
	name := streamName(l.origin.Region)
	if err := l.js.DeleteStream(ctx, name); err != nil && !errors.Is(err, jetstream.ErrStreamNotFound) {
		return fmt.Errorf("delete stream %s: %w", name, err)
	}
	_, err := l.js.CreateStream(ctx, jetstream.StreamConfig{
		Name:        name,
		Description: "the log of " + l.origin.String() + ", a cache of its outbox",
		Subjects:    []string{logSubject(l.origin.Region)},
		Storage:     jetstream.FileStorage,
		Replicas:    1,
		Retention:   jetstream.LimitsPolicy,
		Discard:     jetstream.DiscardOld, // an absent peer reads what is gone from the outbox
		MaxBytes:    l.maxBytes,
		MaxMsgSize:  2 * region.MaxEntry,
		FirstSeq:    first,
		Duplicates:  2 * time.Second, // unused: entries carry their expected sequence instead of an id
		DenyDelete:  true,
		AllowDirect: true,
		Metadata:    map[string]string{epochKey: l.epoch()},
	})
	if err != nil {
		return fmt.Errorf("create stream %s from entry %d: %w", name, first, err)
	}
	return nil
}

func (l *Log) epoch() string { return strconv.FormatUint(uint64(l.origin.Epoch), 10) }
