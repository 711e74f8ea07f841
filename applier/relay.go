package applier

import (
	"context"
	"errors"
	"log/slog"
	"maps"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"pangea/crdt"
	"pangea/region"
	"pangea/region/position"
)

// relayed is how many logs are read at once.
const relayed = 2

// Logs knows from the peers' reports what is missing here.
type Logs interface {
	// Wanted lists the logs whose next entry no stream will bring, each with the
	// reachable regions that have it. That a log is among them only since its origin is
	// silent takes a silence of relayAfter; zero leaves such logs out.
	Wanted(relayAfter time.Duration) []position.Wanted
}

// Relay reads what no stream brings from whoever has it: the log of an origin that is
// silent, what an origin no longer keeps, and the logs of former epochs, this region's
// own included.
type Relay struct {
	cfg     RelayConfig
	sink    Sink
	logs    Logs
	pager   pager
	metrics *relayMetrics

	mu    sync.Mutex
	turns turns
	told  map[failure]bool
}

// failure is one that was told: a holder could not serve a log, or, with no holder, none
// could.
type failure struct {
	log    crdt.Origin
	holder string
}

// NewRelay returns a relay that is not running.
func NewRelay(cfg RelayConfig, sink Sink, logs Logs, reg prometheus.Registerer) (*Relay, error) {
	cfg = cfg.withDefaults()
	if cfg.Address == nil {
		return nil, errors.New("relay: Address must be set")
	}
	r := &Relay{cfg: cfg, sink: sink, logs: logs, metrics: newRelayMetrics(reg, cfg.Peers), turns: turns{}, told: map[failure]bool{}}
	r.pager = pager{
		address: cfg.Address, client: newClient(), deliver: r.deliver,
		batchEvents: batchEvents, batchBytes: batchBytes,
	}
	return r, nil
}

// Run relays until ctx is cancelled.
func (r *Relay) Run(ctx context.Context) error {
	defer r.pager.client.CloseIdleConnections()
	var workers sync.WaitGroup
	for range relayed {
		workers.Go(func() { r.work(ctx) })
	}
	workers.Wait()
	return nil
}

// work reads pages for as long as one is due, and then looks again each Every.
func (r *Relay) work(ctx context.Context) {
	ticker := time.NewTicker(r.cfg.Every)
	defer ticker.Stop()
	for {
		for ctx.Err() == nil && r.page(ctx) {
		}
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}

// page reads a page of the log whose turn it is; false if none is due.
func (r *Relay) page(ctx context.Context) bool {
	w, ok := r.next()
	if !ok {
		return false
	}
	at := stored(r.sink, w.Origin)
	err := r.read(ctx, w)
	rest := r.cfg.Every // the report was ahead of the page: ask again then
	switch {
	case ctx.Err() != nil:
		return false
	case err != nil:
		rest = r.rest(w, err)
	case stored(r.sink, w.Origin) != at:
		rest = 0
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.turns.end(w.Origin, time.Now().Add(rest))
	return true
}

// read reads a page from the first holder that has one in order: a copy that is damaged,
// or that cannot be reached, does not stop a log of which there is another.
func (r *Relay) read(ctx context.Context, w position.Wanted) (err error) {
	for _, holder := range w.Holders {
		if _, err = r.pager.pull(ctx, holder, w.Origin, stored(r.sink, w.Origin), false); err == nil || ctx.Err() != nil {
			return err
		}
		r.failed(w.Origin, holder, err)
	}
	return err
}

// next begins the turn of a log, if one is due.
func (r *Relay) next() (w position.Wanted, ok bool) {
	wanted, now := r.logs.Wanted(r.cfg.After), time.Now()
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, log := range r.turns.forget(wanted, now) {
		r.goesOn(log)
	}
	return r.turns.take(wanted, now)
}

func (r *Relay) deliver(ctx context.Context, holder string, b *batch) error {
	if len(b.entries) == 0 {
		return nil
	}
	b.follow(r.cfg.Logger, holder)
	if err := b.deliver(ctx, r.sink); err != nil {
		return err
	}
	r.metrics.entries.WithLabelValues(holder).Add(float64(len(b.entries)))
	r.mu.Lock()
	defer r.mu.Unlock()
	r.goesOn(b.origin)
	return nil
}

// goesOn notes that somebody serves a log again, or that it is whole. The caller holds mu.
func (r *Relay) goesOn(log crdt.Origin) {
	r.metrics.goesOn(log)
	known := len(r.told)
	maps.DeleteFunc(r.told, func(f failure, _ bool) bool { return f.log == log })
	if len(r.told) < known {
		r.cfg.Logger.Info("a log goes on", region.LogAttr(log))
	}
}

// tell says once that something is wrong with a log, until it goes on.
func (r *Relay) tell(f failure, level slog.Level, what string, more ...any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.told[f] {
		level = slog.LevelDebug
	}
	r.told[f] = true
	at := region.EntryAttr(f.log, stored(r.sink, f.log).seq)
	r.cfg.Logger.Log(context.Background(), level, what, append([]any{at}, more...)...)
}

// failed counts and tells why a holder's page could not be read.
func (r *Relay) failed(log crdt.Origin, holder string, err error) {
	cause := causeOf(err)
	r.metrics.failures.WithLabelValues(cause).Inc()
	if errors.Is(err, region.ErrTrimmed) { // the holder's next report will say so
		r.cfg.Logger.Debug("a holder has dropped what it reported to have", "peer", holder, region.LogAttr(log))
		return
	}
	r.tell(failure{log, holder}, slog.LevelInfo, "a holder cannot serve a log", "peer", holder, "cause", cause, "err", err)
}

// rest is the pause before the next turn of a log that no holder could serve.
func (r *Relay) rest(w position.Wanted, err error) time.Duration {
	stop := (*stopError)(nil)
	if !errors.As(err, &stop) {
		return r.cfg.Every
	}
	r.metrics.stops(w.Origin, causeOf(err))
	r.tell(failure{log: w.Origin}, slog.LevelError, "a log has stopped", "err", err, "cure", stop.cure())
	return r.cfg.RetryStopped
}
