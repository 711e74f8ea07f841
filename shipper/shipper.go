package shipper

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"pangea/region"
)

// Shipper carries a region's log to its stream.
type Shipper struct {
	cfg      Config
	commits  <-chan region.Record
	suspects chan uint64
	metrics  *metrics

	// What follows belongs to Run.

	log      Log
	next     uint64 // what the stream waited for when this Run last knew; 0 before
	refused  refusal
	failures int // in a row
	pause    time.Duration
}

// New returns a shipper that is not running. The writer sends what it has committed
// to commits, and drops it if that is full: it is then read from the outbox.
func New(cfg Config, commits <-chan region.Record, reg prometheus.Registerer) (*Shipper, error) {
	cfg = cfg.withDefaults()
	if cap(commits) == 0 {
		return nil, errors.New("shipper: the channel of commits must have a buffer, or each one is missed")
	}
	return &Shipper{cfg: cfg, commits: commits, suspects: make(chan uint64, 1), metrics: newMetrics(reg)}, nil
}

// Check makes the shipper look at one entry of the stream soon: a peer did not get
// it. It never blocks; of many calls at once one may be all that counts.
func (s *Shipper) Check(seq uint64) {
	select {
	case s.suspects <- seq:
	default:
	}
}

// Run ships one log until ctx is cancelled. It may then be called with the log of
// another epoch, once the writer commits to that.
func (s *Shipper) Run(ctx context.Context, log Log) error {
	if log.Origin.Region == "" || log.Origin.Epoch == 0 {
		return errors.New("shipper: Origin must be set")
	}
	s.log, s.next, s.refused, s.failures, s.pause = log, 0, refusal{}, 0, s.cfg.RetryMin
	s.forget()
	for suspect := uint64(0); ctx.Err() == nil; {
		var err error
		if suspect, err = s.ship(ctx, suspect); err != nil && ctx.Err() == nil {
			s.failed(ctx, err)
		}
	}
	return nil
}

// forget drops what the last Run left: entries of another log may have the seq that
// this one's stream waits for. Those of this log among them are in its outbox.
func (s *Shipper) forget() {
	for {
		select {
		case <-s.commits:
		default:
			return
		}
	}
}

// worthALine is how many errors in a row are told. Fewer are no news: a publish that takes
// long is looked for, perhaps before it is there, and then meets itself.
const worthALine = 4

// failed counts an error and waits.
func (s *Shipper) failed(ctx context.Context, err error) {
	s.metrics.errors.Inc()
	if s.failures++; s.failures == worthALine {
		s.cfg.Logger.Warn("entries wait in the outbox", region.LogAttr(s.log.Origin), "err", err)
	}
	select {
	case <-time.After(s.pause):
	case <-ctx.Done():
	}
	s.pause = min(2*s.pause, s.cfg.RetryMax)
}

// recovered notes that the stream has all that the outbox has.
func (s *Shipper) recovered() {
	if s.failures >= worthALine {
		s.cfg.Logger.Info("no entry waits in the outbox any more", region.LogAttr(s.log.Origin))
	}
	s.failures, s.pause = 0, s.cfg.RetryMin
}

// ship brings the stream up to date and keeps it so. It returns when the stream must
// be looked at again, with the entry to look at if it is about one.
func (s *Shipper) ship(ctx context.Context, suspect uint64) (uint64, error) {
	next, err := s.resume(ctx, suspect)
	if err != nil {
		return suspect, err
	}
	s.waitsFor(next) // what was published last may be in, in spite of an error
	if next, err = s.catchUp(ctx, next); err != nil {
		return 0, err
	}
	if err := s.log.Stream.Offer(ctx); err != nil {
		return 0, err
	}
	s.recovered()
	return s.follow(ctx, next)
}

// catchUp publishes what the outbox has from next on.
func (s *Shipper) catchUp(ctx context.Context, next uint64) (uint64, error) {
	for {
		records, err := s.log.Outbox.After(ctx, next-1, s.cfg.BatchBytes)
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
// peer missed one, and every CheckEvery: what became of the stream shows in no publish.
func (s *Shipper) follow(ctx context.Context, next uint64) (suspect uint64, err error) {
	check := time.NewTimer(s.cfg.CheckEvery)
	defer check.Stop()
	for {
		select {
		case <-ctx.Done():
			return 0, ctx.Err()
		case <-check.C:
			return 0, nil
		case suspect := <-s.suspects:
			return suspect, nil
		case r := <-s.commits:
			batch, missed := s.gather(next, r)
			if next, err = s.publish(ctx, next, batch); err != nil || missed {
				return 0, err
			}
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
	if err := s.log.Stream.Publish(ctx, records); err != nil {
		s.refused.add(next)
		return next, err
	}
	for _, r := range records {
		s.metrics.bytes.Add(float64(len(r.Payload)))
	}
	s.metrics.entries.Add(float64(len(records)))
	region.Follow(s.cfg.Logger, region.Shipped, s.log.Origin, next, next+uint64(len(records))-1)
	next += uint64(len(records))
	s.waitsFor(next)
	return next, nil
}

func (s *Shipper) waitsFor(next uint64) {
	s.next = next
	s.metrics.next.Set(float64(next))
}
