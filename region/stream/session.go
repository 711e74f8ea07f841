package stream

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"pangea/region"
)

// Reasons for the end of a session. Its reader goes back to its own position and
// opens another.
var (
	ErrLinkLost  = errors.New("the link was lost")
	ErrHeartbeat = errors.New("the peer's heartbeats stopped")
	ErrDeleted   = errors.New("the consumer was deleted")
	// ErrAhead means that the start position is beyond the end of the stream.
	// JetStream would accept it, and skip whatever is published up to there.
	ErrAhead = errors.New("the peer's stream ends before our position")
)

// The pull window exceeds twice what a 150 ms link carries at 25 MB/s. It stays far
// below the server's MaxPending, or pings would wait behind data.
const (
	windowBytes = 8 << 20
	heartbeat   = time.Second
)

// Session is one run of reading a peer's stream, from one position, over one
// connection. What it delivers may have holes: JetStream does not send again what
// was in flight when a link was cut, and acknowledging what comes after the hole
// acknowledges the hole. So the reader checks each sequence.
type Session struct {
	ctx      context.Context // ends with the caller's, the connection's or Close
	end      context.CancelFunc
	link     context.Context
	unlink   func() bool // stops waiting for the end of link
	messages jetstream.MessagesContext
}

// Message is one message of a peer's stream.
type Message struct {
	region.Record
	Last uint64 // the stream's last sequence when this was sent
	raw  jetstream.Msg
}

// Open starts a session after the given position of the stream that State has
// described. The consumer is set back to there, whatever was acknowledged before.
// The session ends with ctx.
func (p *Peer) Open(ctx context.Context, state State, after uint64) (*Session, error) {
	if after > state.Last {
		return nil, fmt.Errorf("%w: %d, ours is %d", ErrAhead, state.Last, after)
	}
	link, err := p.connection()
	if err != nil {
		return nil, err
	}
	stream := streamName(p.cfg.Name)
	consumer, err := p.js.CreateOrUpdateConsumer(ctx, stream, p.consumer())
	if err != nil {
		return nil, fmt.Errorf("create consumer %s of %s: %w", p.cfg.Self, stream, err)
	}
	if _, err := p.js.ResetConsumerToSequence(ctx, stream, p.cfg.Self, after+1); err != nil {
		return nil, fmt.Errorf("set consumer %s of %s back to %d: %w", p.cfg.Self, stream, after+1, err)
	}
	messages, err := consumer.Messages(
		jetstream.PullMaxBytes(windowBytes),
		jetstream.PullExpiry(10*time.Second),
		jetstream.PullHeartbeat(heartbeat))
	if err != nil {
		return nil, fmt.Errorf("pull from %s: %w", stream, err)
	}
	s := &Session{link: link, messages: messages}
	s.ctx, s.end = context.WithCancel(ctx)
	s.unlink = context.AfterFunc(link, s.end)
	return s, nil
}

// consumer is durable and never gives up on a message: both would skip entries.
func (p *Peer) consumer() jetstream.ConsumerConfig {
	return jetstream.ConsumerConfig{
		Durable:       p.cfg.Self,
		Description:   p.cfg.Self + " reads the log of " + p.cfg.Name,
		DeliverPolicy: jetstream.DeliverAllPolicy, // or a reset could not go below the start
		AckPolicy:     jetstream.AckAllPolicy,
		AckWait:       time.Minute,
		MaxAckPending: 20_000,
		MaxDeliver:    -1,
	}
}

// Next waits for a message.
func (s *Session) Next() (Message, error) {
	m, err := s.messages.Next(jetstream.NextContext(s.ctx))
	if err != nil {
		return Message{}, s.reason(err)
	}
	return newMessage(m)
}

// NextWithin is Next, but reports false if none has come within d.
func (s *Session) NextWithin(d time.Duration) (Message, bool, error) {
	m, err := s.messages.Next(jetstream.NextMaxWait(d))
	if errors.Is(err, nats.ErrTimeout) {
		return Message{}, false, nil
	}
	if err != nil {
		return Message{}, false, s.reason(err)
	}
	message, err := newMessage(m)
	return message, err == nil, err
}

func newMessage(m jetstream.Msg) (Message, error) {
	meta, err := m.Metadata()
	if err != nil {
		return Message{}, fmt.Errorf("read a message's metadata: %w", err)
	}
	seq := meta.Sequence.Stream
	return Message{Record: region.Record{Seq: seq, Payload: m.Data()}, Last: seq + meta.NumPending, raw: m}, nil
}

// reason says why the session has ended.
func (s *Session) reason(err error) error {
	switch {
	case s.link.Err() != nil:
		return ErrLinkLost
	case errors.Is(err, jetstream.ErrNoHeartbeat):
		return ErrHeartbeat
	case errors.Is(err, jetstream.ErrConsumerDeleted):
		return ErrDeleted
	default:
		return err
	}
}

// Ack tells the peer's server that m and all before it are stored here. It only
// moves what `nats consumer info` shows: a session starts from the reader's position.
func (s *Session) Ack(m Message) error {
	if err := m.raw.Ack(); err != nil {
		return fmt.Errorf("acknowledge entry %d: %w", m.Seq, err)
	}
	return nil
}

// Close ends the session. It unsubscribes before the next one sets the consumer back.
func (s *Session) Close() {
	s.unlink()
	s.end()
	s.messages.Stop()
}
