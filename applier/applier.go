package applier

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
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
	told  slog.Level // of what was told since the stream brought something; debug if nothing
}

// New returns an applier that is not running. The peer stays its caller's to close.
func New(cfg Config, peer *stream.Peer, sink Sink, reg prometheus.Registerer) (*Applier, error) {
	cfg = cfg.withDefaults()
	if err := cfg.validate(); err != nil {
		return nil, err
	}
	a := &Applier{cfg: cfg, peer: peer, sink: sink, metrics: newMetrics(reg, cfg.Peer, peer), pause: cfg.RetryMin, told: slog.LevelDebug}
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
	b.follow(a.cfg.Logger, a.cfg.Peer)
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
		a.tell(slog.LevelError, "a log has stopped", "err", err, "cure", stop.cure())
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
	if cause == linkLost { // the link has told
		a.cfg.Logger.Debug("reading a log starts over", "peer", a.cfg.Peer, "cause", cause, "in", pause)
		return pause
	}
	a.tell(slog.LevelInfo, "reading a log starts over", "cause", cause, "err", err, "in", pause)
	return pause
}

// tell says that something is wrong with a log, where it stands, and what. What follows
// from it, or is no worse, until the stream brings something again, is for debugging.
func (a *Applier) tell(level slog.Level, what string, more ...any) {
	if level <= a.told {
		level = slog.LevelDebug
	}
	a.told = max(a.told, level)
	log := a.cfg.Head(a.cfg.Peer).Origin
	a.cfg.Logger.Log(context.Background(), level, what,
		append([]any{"peer", a.cfg.Peer, region.EntryAttr(log, stored(a.sink, log).seq)}, more...)...)
}

// goesOn says that the stream brings something again.
func (a *Applier) goesOn(at crdt.Origin, seq uint64) {
	if a.told > slog.LevelDebug {
		a.cfg.Logger.Info("reading a log goes on", "peer", a.cfg.Peer, region.EntryAttr(at, seq))
	}
	a.told = slog.LevelDebug
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
