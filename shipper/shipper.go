package shipper

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"pangea/region"
	"pangea/region/stream"
)

// Outbox is the log as it is kept in the region's database.
type Outbox interface {
	// After returns consecutive entries from seq+1 on, about maxBytes of them, at
	// least one if there is one; region.ErrTrimmed if the outbox begins later.
	After(ctx context.Context, seq uint64, maxBytes int) ([]region.Record, error)
	// Floor is the lowest entry that a registered peer may still need: one after
	// the head if there is none.
	Floor(ctx context.Context) (uint64, error)
	// At is the checksum of the log at seq; false or region.ErrTrimmed if there is no
	// such entry, or not any more. The head's is always known.
	At(ctx context.Context, seq uint64) (region.Checksum, bool, error)
}

// Stream is the cache of the log that peers read.
type Stream interface {
	// Tail reads the end of the stream from what it holds.
	Tail(ctx context.Context) (stream.Tail, error)
	// Read returns one entry; Seq 0 if it is not there or cannot be read.
	Read(ctx context.Context, seq uint64) (region.Record, error)
	// Publish appends consecutive entries. After an error some of them may be in.
	Publish(ctx context.Context, records []region.Record) error
	// Recreate replaces the stream by an empty one that starts with first.
	Recreate(ctx context.Context, first uint64) error
}

// Shipper carries one log to its stream.
type Shipper struct {
	cfg      Config
	outbox   Outbox
	stream   Stream
	commits  <-chan region.Record
	suspects chan uint64
	metrics  *metrics
	refused  refusal
}

// New returns a shipper that is not running. The writer sends what it has committed
// to commits, and drops it if that is full: it is then read from the outbox.
func New(cfg Config, outbox Outbox, s Stream, commits <-chan region.Record, reg prometheus.Registerer) (*Shipper, error) {
	cfg = cfg.withDefaults()
	if err := cfg.validate(commits); err != nil {
		return nil, err
	}
	return &Shipper{
		cfg: cfg, outbox: outbox, stream: s, commits: commits,
		suspects: make(chan uint64, 1), metrics: newMetrics(reg),
	}, nil
}

// Check makes the shipper look at one entry of the stream soon: a peer did not get
// it. It never blocks; of many calls at once one may be all that counts.
func (s *Shipper) Check(seq uint64) {
	select {
	case s.suspects <- seq:
	default:
	}
}

// Run ships until ctx is cancelled.
func (s *Shipper) Run(ctx context.Context) error {
	pause := s.cfg.RetryMin
	for suspect := uint64(0); ; {
		var err error
		if suspect, err = s.ship(ctx, suspect); err == nil {
			pause = s.cfg.RetryMin
			continue
		}
		if ctx.Err() != nil {
			return nil
		}
		s.metrics.errors.Inc()
		s.cfg.Logger.Warn("entries wait in the outbox", "err", err, "retry_in", pause)
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			return nil
		}
		pause = min(2*pause, s.cfg.RetryMax)
	}
}

// ship brings the stream up to date and keeps it so. It returns when the stream must
// be looked at again, with the entry to look at if it is about one.
func (s *Shipper) ship(ctx context.Context, suspect uint64) (uint64, error) {
	next, err := s.resume(ctx, suspect)
	if err != nil {
		return suspect, err
	}
	if next, err = s.catchUp(ctx, next); err != nil {
		return 0, err
	}
	return s.follow(ctx, next)
}

// catchUp publishes what the outbox has from next on.
func (s *Shipper) catchUp(ctx context.Context, next uint64) (uint64, error) {
	for {
		records, err := s.outbox.After(ctx, next-1, s.cfg.BatchBytes)
		if errors.Is(err, region.ErrTrimmed) {
			if next, err = s.skip(ctx, next); err != nil {
				return next, err
			}
			continue
		}
		if err != nil {
			return next, fmt.Errorf("read the outbox after %d: %w", next-1, err)
		}
		if len(records) == 0 {
			return next, nil
		}
		s.metrics.readBack.Add(float64(len(records)))
		if next, err = s.publish(ctx, next, records); err != nil {
			return next, err
		}
	}
}

// follow publishes commits as they come. It returns nil when one was missed, when a
// peer missed one, and when nothing has come for a while.
func (s *Shipper) follow(ctx context.Context, next uint64) (suspect uint64, err error) {
	idle := time.NewTimer(s.cfg.CheckEvery)
	defer idle.Stop()
	for {
		select {
		case <-ctx.Done():
			return 0, ctx.Err()
		case <-idle.C:
			return 0, nil
		case suspect := <-s.suspects:
			return suspect, nil
		case r := <-s.commits:
			batch, missed := s.gather(next, r)
			if next, err = s.publish(ctx, next, batch); err != nil || missed {
				return 0, err
			}
			idle.Reset(s.cfg.CheckEvery)
		}
	}
}

// gather adds to r what else was committed meanwhile and drops what the outbox has
// yielded already. missed says that the outbox must be read: an entry is out of
// order, or the channel was full a moment ago, and so the writer may have dropped one.
func (s *Shipper) gather(next uint64, r region.Record) (batch []region.Record, missed bool) {
	for size := 0; ; {
		missed = missed || len(s.commits) >= cap(s.commits)-1
		switch {
		case r.Seq == next:
			batch = append(batch, r)
			size += len(r.Payload)
			next++
		case r.Seq > next, r.Seq == 0: // 0: the writer says that it may have dropped some
			missed = true
		}
		if size >= s.cfg.BatchBytes {
			return batch, missed
		}
		select {
		case r = <-s.commits:
		default:
			return batch, missed
		}
	}
}

// publish appends records, which begin with next, and returns what follows them.
func (s *Shipper) publish(ctx context.Context, next uint64, records []region.Record) (uint64, error) {
	if len(records) == 0 {
		return next, nil
	}
	if err := s.stream.Publish(ctx, records); err != nil {
		s.refused.add(next)
		return next, err
	}
	for _, r := range records {
		s.metrics.bytes.Add(float64(len(r.Payload)))
	}
	s.metrics.entries.Add(float64(len(records)))
	next += uint64(len(records))
	s.metrics.next.Set(float64(next))
	return next, nil
}
