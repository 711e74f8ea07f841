package applier

import (
	"cmp"
	"context"
	"errors"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"pangea/crdt"
	"pangea/region"
	"pangea/region/stream"
)

// Sink is the writer's side of a log.
type Sink interface {
	// Stored is the end of what the database holds of the log, applied or not.
	Stored(origin crdt.Origin) (seq uint64, sum region.Checksum)
	// Deliver stores consecutive entries that continue what Stored says, or said: it
	// drops those that someone else has delivered since. It returns once all are
	// durable. After an error any first part of them may be. The error wraps
	// region.ErrFork if what is stored is of another history (I14).
	Deliver(ctx context.Context, entries []*region.Entry) error
}

// Applier reads the log of one peer.
type Applier struct {
	cfg     Config
	peer    *stream.Peer
	sink    Sink
	pager   pager
	metrics *metrics

	// What follows belongs to Run.

	pause time.Duration // before the next session
	doubt doubt
	told  string // the cause that was logged last, until the stream brings something
}

// New returns an applier that is not running. The peer stays its caller's to close.
func New(cfg Config, peer *stream.Peer, sink Sink, reg prometheus.Registerer) (*Applier, error) {
	cfg = cfg.withDefaults()
	if err := cfg.validate(); err != nil {
		return nil, err
	}
	a := &Applier{cfg: cfg, peer: peer, sink: sink, metrics: newMetrics(reg, cfg.Peer, peer), pause: cfg.RetryMin}
	a.pager = pager{
		address: cfg.Address, client: newClient(), deliver: a.deliverPage,
		batchEvents: cfg.BatchEvents, batchBytes: cfg.BatchBytes,
	}
	return a, nil
}

// Run reads until ctx is cancelled.
func (a *Applier) Run(ctx context.Context) error {
	defer a.pager.client.CloseIdleConnections()
	for {
		begin := time.Now()
		err := a.read(ctx)
		if ctx.Err() != nil {
			return nil
		}
		if time.Since(begin) > a.cfg.RetryMax {
			a.pause = a.cfg.RetryMin
		}
		a.sleep(ctx, a.ended(err))
	}
}

// read runs one session, once the link is up, and makes up for it if there was no stream
// to read.
func (a *Applier) read(ctx context.Context) error {
	select {
	case <-a.peer.Up():
	case <-ctx.Done():
		return ctx.Err()
	}
	err := a.session(ctx)
	if detours(causeOf(err)) {
		err = cmp.Or(a.detour(ctx), err)
	}
	return err
}

// deliver stores a batch.
func (a *Applier) deliver(ctx context.Context, b *batch) error {
	a.metrics.duplicates.Add(float64(b.duplicates))
	if len(b.entries) == 0 {
		return nil
	}
	if err := b.deliver(ctx, a.sink); err != nil {
		return err
	}
	a.metrics.delivered(b)
	a.pause = a.cfg.RetryMin
	return nil
}

// deliverPage stores a batch that was read from the peer's /log.
func (a *Applier) deliverPage(ctx context.Context, _ string, b *batch) error {
	if err := a.deliver(ctx, b); err != nil {
		return err
	}
	a.metrics.logReads.Add(float64(len(b.entries)))
	return nil
}

func stored(sink Sink, log crdt.Origin) tail {
	seq, sum := sink.Stored(log)
	return tail{seq, sum}
}

// ended counts and tells why reading ended, and returns the pause before the next try.
func (a *Applier) ended(err error) time.Duration {
	cause := causeOf(err)
	a.metrics.resets.WithLabelValues(cause).Inc()
	if stop := (*stopError)(nil); errors.As(err, &stop) {
		a.metrics.stopped.WithLabelValues(cause).Set(1)
		a.cfg.Logger.Error("a log has stopped", "peer", a.cfg.Peer, "err", err, "cure", stop.cure())
		return a.cfg.RetryStopped
	}
	longest := a.cfg.RetryMax
	switch {
	case detours(cause):
		longest = min(longest, detourPause)
	case cause == overtaken:
		longest = a.cfg.RetryMin
	}
	pause := min(a.pause, longest)
	a.pause = 2 * pause
	tell := a.cfg.Logger.Info
	if cause == a.told {
		tell = a.cfg.Logger.Debug
	}
	a.told = cause
	tell("reading a log starts over", "peer", a.cfg.Peer, "cause", cause, "err", err, "in", pause)
	return pause
}

// sleep waits for d, but not longer than until a link that is down comes up.
func (a *Applier) sleep(ctx context.Context, d time.Duration) {
	up := a.peer.Up()
	select {
	case <-up:
		up = nil
	default:
	}
	select {
	case <-ctx.Done():
	case <-up:
	case <-time.After(d):
	}
}
