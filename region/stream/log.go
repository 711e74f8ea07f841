package stream

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strconv"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"pangea/crdt"
	"pangea/region"
)

// The metadata of a stream say which epoch's log it holds: under refillKey until it has
// all that its readers should find, under epochKey from then on.
const (
	epochKey  = "epoch"
	refillKey = "refill"
)

func streamName(name string) string { return "LOG_" + name }
func logSubject(name string) string { return "log." + name }

// Log is a region's own stream, for its one writer.
type Log struct {
	origin  crdt.Origin
	storage storage
	js      jetstream.JetStream
}

// Publish appends consecutive records and returns once JetStream holds them all, on most
// of its replicas. On an error, which comes at once if there is no stream or nobody to
// lead it, it may hold some of them, now or, in a cluster, a moment later: read Tail
// again. What is then published twice is refused for its expected sequence, by the leader
// and again by each replica that stores it, whoever led when it was sent (I3).
func (l *Log) Publish(ctx context.Context, records []region.Record) error {
	acks := make([]jetstream.PubAckFuture, 0, len(records))
	for _, r := range records {
		m := &nats.Msg{Subject: logSubject(l.origin.Region), Data: r.Payload}
		ack, err := l.js.PublishMsgAsync(m, jetstream.WithExpectLastSequence(r.Seq-1), jetstream.WithRetryAttempts(0))
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
// consumers of peers go with the old one, and peers take the new one for missing until
// it is offered: a consumer would show no lag where nothing is yet.
func (l *Log) Recreate(ctx context.Context, first uint64) error {
	if err := l.remove(ctx); err != nil {
		return err
	}
	s, err := l.js.CreateStream(ctx, l.config(first))
	if err != nil {
		return fmt.Errorf("create the stream from entry %d: %w", first, err)
	}
	if last := s.CachedInfo().State.LastSeq; last != first-1 {
		return fmt.Errorf("create the stream from entry %d: it ends with %d at once", first, last)
	}
	return nil
}

// remove deletes the stream and what is left of its files. JetStream moves them aside and
// deletes them later; while it does, it leaves those of the next deleted stream in place,
// and the stream that is created then would begin with what that one held.
func (l *Log) remove(ctx context.Context) error {
	err := l.js.DeleteStream(ctx, streamName(l.origin.Region))
	if err != nil && !errors.Is(err, jetstream.ErrStreamNotFound) {
		return fmt.Errorf("delete the stream: %w", err)
	}
	if l.storage.dir == "" {
		return nil
	}
	if err := os.RemoveAll(l.storage.dir); err != nil {
		return fmt.Errorf("delete the stream's files: %w", err)
	}
	return nil
}

func (l *Log) config(first uint64) jetstream.StreamConfig {
	return jetstream.StreamConfig{
		Name:        streamName(l.origin.Region),
		Description: "the log of " + l.origin.String() + ", a cache of its outbox",
		Subjects:    []string{logSubject(l.origin.Region)},
		Storage:     jetstream.FileStorage,
		Replicas:    l.storage.replicas,
		Retention:   jetstream.LimitsPolicy,
		Discard:     jetstream.DiscardOld, // an absent peer reads what is gone from the outbox
		MaxBytes:    l.storage.maxBytes,
		MaxMsgSize:  2 * region.MaxEntry,
		FirstSeq:    first,
		Duplicates:  2 * time.Second, // unused: entries carry their expected sequence instead of an id
		DenyDelete:  true,
		DenyPurge:   true,  // it would show readers no lag where entries are missing
		AllowDirect: false, // or any replica would answer, with an end that is behind the leader's
		Metadata:    map[string]string{refillKey: l.epoch()},
	}
}

// Offer lets peers read the stream. It does nothing if they may already.
func (l *Log) Offer(ctx context.Context) error {
	s, err := l.js.Stream(ctx, streamName(l.origin.Region))
	if err != nil {
		return fmt.Errorf("look up the stream: %w", err)
	}
	cfg := s.CachedInfo().Config
	if cfg.Metadata[refillKey] != l.epoch() {
		return nil
	}
	cfg.Metadata = map[string]string{epochKey: l.epoch()}
	if _, err := l.js.UpdateStream(ctx, cfg); err != nil {
		return fmt.Errorf("offer stream %s: %w", cfg.Name, err)
	}
	return nil
}

func (l *Log) epoch() string { return strconv.FormatUint(uint64(l.origin.Epoch), 10) }
