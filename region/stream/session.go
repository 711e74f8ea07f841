package stream

import (
	"context"
	"errors"
	"fmt"
	"time"

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
// below the server's MaxPending, or pings would wait behind data. Its messages bound
// what the client keeps room for, which is a million of them without a bound.
//
// A pull that expires leaves the link empty for a round trip, until the next one is
// there: it lasts for longer than a link with traffic takes to use up half of the window,
// at which the next is asked for.
const (
	windowBytes    = 8 << 20
	windowMessages = 4096
	expiry         = 5 * time.Minute
	heartbeat      = time.Second
)

// Session is one run of reading a peer's stream, from one position, over one
// connection. What it delivers may have holes: JetStream does not send again what
// was in flight when a link was cut, and acknowledging what comes after the hole
// acknowledges the hole. So the reader checks each sequence.
type Session struct {
	peer     *Peer
	ctx      context.Context // ends with the caller's, the connection's or Close
	end      context.CancelFunc
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
	s := &Session{peer: p}
	var err error
	if s.ctx, s.end, err = p.during(ctx); err != nil {
		return nil, err
	}
	if err := s.pull(after + 1); err != nil {
		s.end()
		return nil, err
	}
	return s, nil
}

// pull sets the consumer back to first and begins to pull.
func (s *Session) pull(first uint64) error {
	p, stream := s.peer, streamName(s.peer.cfg.Name)
	consumer, err := p.js.CreateOrUpdateConsumer(s.ctx, stream, p.consumer())
	if err != nil {
		return p.failed(s.ctx, "create a consumer of", err)
	}
	if _, err := p.js.ResetConsumerToSequence(s.ctx, stream, p.cfg.Self, first); err != nil {
		return p.failed(s.ctx, "set back the consumer of", err)
	}
	s.messages, err = consumer.Messages(
		jetstream.PullMaxMessagesWithBytesLimit(windowMessages, windowBytes),
		jetstream.PullExpiry(expiry),
		jetstream.PullHeartbeat(heartbeat))
	if err != nil {
		return p.failed(s.ctx, "pull from", err)
	}
	return nil
}

// consumer is durable and never gives up on a message: both would skip entries.
func (p *Peer) consumer() jetstream.ConsumerConfig {
	return jetstream.ConsumerConfig{
		Durable:       p.cfg.Self,
		Description:   p.cfg.Self + " reads the log of " + p.cfg.Name,
		DeliverPolicy: jetstream.DeliverAllPolicy, // or a reset could not go below the start
		AckPolicy:     jetstream.AckAllPolicy,
		AckWait:       p.cfg.AckWait,
		MaxAckPending: 20_000,
		MaxDeliver:    -1,
	}
}

// Quiet is the shortest wait in which Next notices that heartbeats have stopped.
const Quiet = 3 * heartbeat

// Next waits up to d for a message; false if none has come. A session that is quiet
// is not over.
func (s *Session) Next(d time.Duration) (m Message, ok bool, err error) {
	ctx, cancel := context.WithTimeout(s.ctx, d)
	defer cancel()
	raw, err := s.messages.Next(jetstream.NextContext(ctx))
	switch {
	case err == nil:
		m, err = newMessage(raw)
		return m, err == nil, err
	case errors.Is(err, context.DeadlineExceeded) && s.ctx.Err() == nil:
		return Message{}, false, nil
	default:
		return Message{}, false, s.reason(err)
	}
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
	case errors.Is(err, jetstream.ErrNoHeartbeat):
		return ErrHeartbeat
	case errors.Is(err, jetstream.ErrConsumerDeleted):
		return ErrDeleted
	default:
		return s.peer.failed(s.ctx, "read", err)
	}
}

// Ack tells the peer's server that m and all before it are stored here. It only
// moves what `nats consumer info` shows: a session starts from the reader's position.
func (s *Session) Ack(m Message) error {
	if err := m.raw.Ack(); err != nil {
		return s.peer.failed(s.ctx, "acknowledge an entry of", err)
	}
	return nil
}

// Close ends the session. It unsubscribes before the next one sets the consumer back.
func (s *Session) Close() {
	s.end()
	s.messages.Stop()
}
