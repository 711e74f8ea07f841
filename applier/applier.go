package applier

import (
	"context"
	"errors"
	"fmt"
	"net/http"
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
	// Deliver stores entries, which are consecutive from Stored+1 on, and returns
	// once they are durable. After an error any first part of them may be.
	Deliver(ctx context.Context, entries []*region.Entry) error
}

// Holders knows from reports who holds what.
type Holders interface {
	// Silent is how long ago the region was last heard of.
	Silent(region string) time.Duration
	// Origins lists the logs of the region that anyone has reported.
	Origins(region string) []crdt.Origin
	// Holder is a reachable region, neither this one nor the origin's own, that
	// reports to have stored more of the log than above.
	Holder(origin crdt.Origin, above uint64) (region string, ok bool)
}

// Applier reads the log of one peer.
type Applier struct {
	cfg     Config
	peer    *stream.Peer
	sink    Sink
	holders Holders
	client  *http.Client
	metrics *metrics

	// What follows belongs to Run.

	pause time.Duration // before the next session
	doubt doubt
}

// New returns an applier that is not running. The peer stays its caller's to close.
func New(cfg Config, peer *stream.Peer, sink Sink, holders Holders, reg prometheus.Registerer) (*Applier, error) {
	cfg = cfg.withDefaults()
	if err := cfg.validate(); err != nil {
		return nil, err
	}
	return &Applier{
		cfg: cfg, peer: peer, sink: sink, holders: holders,
		client: newClient(), metrics: newMetrics(reg, cfg.Peer, peer), pause: cfg.RetryMin,
	}, nil
}

// Run reads until ctx is cancelled.
func (a *Applier) Run(ctx context.Context) error {
	defer a.client.CloseIdleConnections()
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

// read runs one session. Until the link is up, and if the peer is silent though it
// is, other regions are asked for its log.
func (a *Applier) read(ctx context.Context) error {
	poll := time.NewTicker(a.cfg.RelayEvery)
	defer poll.Stop()
	for {
		if err := a.relay(ctx); err != nil {
			return err
		}
		select {
		case <-a.peer.Up():
			return a.session(ctx)
		case <-ctx.Done():
			return ctx.Err()
		case <-poll.C:
		}
	}
}

// deliver stores a batch.
func (a *Applier) deliver(ctx context.Context, b *batch) error {
	a.metrics.duplicates.Add(float64(b.duplicates))
	if len(b.entries) == 0 {
		return nil
	}
	if err := a.sink.Deliver(ctx, b.entries); err != nil {
		return fmt.Errorf("%w %d to %d of %s: %w", errDeliver, b.entries[0].Seq, b.end.seq, b.origin, err)
	}
	a.metrics.delivered(b)
	a.pause = a.cfg.RetryMin
	return nil
}

func (a *Applier) stored(origin crdt.Origin) position {
	seq, sum := a.sink.Stored(origin)
	return position{seq, sum}
}

// ended counts and tells why reading ended, and returns the pause before the next try.
func (a *Applier) ended(err error) time.Duration {
	cause := causeOf(err)
	a.metrics.resets.WithLabelValues(cause).Inc()
	if stop := (*stopError)(nil); errors.As(err, &stop) {
		a.metrics.stopped.WithLabelValues(cause).Set(1)
		a.cfg.Logger.Error("a log has stopped", "peer", a.cfg.Peer, "err", err, "cure", cure(err))
		return a.cfg.RetryStopped
	}
	pause := a.pause
	a.pause = min(2*a.pause, a.cfg.RetryMax)
	a.cfg.Logger.Info("reading a log starts over", "peer", a.cfg.Peer, "cause", cause, "err", err, "in", pause)
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
