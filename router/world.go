package router

import (
	"cmp"
	"context"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"pangea/crdt"
	"pangea/region/topology"
)

// region is one region as this router reaches it.
type region struct {
	name     string
	addr     string        // its own address, or the link to it
	distance time.Duration // round trip, by the topology
	upstream *upstream
	lastGood atomic.Int64 // its last good answer, to whomever: nanoseconds after world.begun

	// The rest belongs to world.mu.
	health
	rtt       time.Duration // of the last check that was answered
	smoothed  time.Duration // of all of them
	heldUntil time.Time
	drained   bool // nothing new is sent to it while another can take it
	outage    outage
	reachable context.Context // ends when the region stops answering
	lose      context.CancelFunc
}

// world is what the router knows of all regions, and the one it uses.
type world struct {
	cfg      Config
	metrics  *metrics
	begun    time.Time
	deserted atomic.Pointer[region] // the one that clients were moved from last, until another has answered one of them

	mu      sync.Mutex
	regions []*region // nearest first, this router's own in front
	current int       // index into regions; -1 while none is ready
	chosen  bool      // there has been a current one
	seen    seen      // by index into regions
}

func newWorld(cfg Config, top *topology.Topology) *world {
	w := &world{cfg: cfg, begun: time.Now(), current: -1}
	for _, name := range top.Names() {
		r := &region{
			name:     name,
			addr:     top.Address(cfg.Region, name, topology.HTTP),
			distance: top.Distance(cfg.Region, name),
			health:   health{reason: "not checked yet"},
		}
		r.upstream = newUpstream(r.addr, r.distance+cfg.CheckSlack)
		r.reachable, r.lose = context.WithCancel(context.Background())
		w.regions = append(w.regions, r)
	}
	slices.SortStableFunc(w.regions, func(a, b *region) int { return cmp.Compare(a.distance, b.distance) })
	w.seen = make(seen, len(w.regions))
	return w
}

// ticket sends one attempt to one region.
type ticket struct {
	*region
	index  int
	chosen bool            // it is the region all clients are sent to, not one for this request
	demand crdt.Vector     // what the answer must not be without; nil if nothing
	up     context.Context // ends when the region stops answering
}

// pick chooses a region for a request that has tried some already.
func (w *world) pick(tried []int) (ticket, bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	i := w.current
	if i < 0 || slices.Contains(tried, i) {
		i = choose(w.views(time.Now()), tried)
	}
	if i < 0 {
		return ticket{}, false
	}
	r := w.regions[i]
	return ticket{region: r, index: i, chosen: i == w.current, demand: w.seen.demand(i), up: r.reachable}, true
}

// answered records what a client is about to be shown. It must come before the
// client can know, and so before its next request.
func (w *world) answered(t ticket, v crdt.Vector) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if t.chosen && t.ready {
		w.seen.answer(t.index, v)
	}
}

// callOff ends a planned move to a region that is not caught up in time.
func (w *world) callOff(t ticket) {
	if !t.chosen || t.demand == nil {
		return
	}
	now := time.Now()
	w.mu.Lock()
	defer w.mu.Unlock()
	t.heldUntil = now.Add(w.cfg.Hold)
	w.elect(now)
}

// check records a check of region i that began at start, or what a request learned.
// It reports whether the region is in doubt: still ready, but not by this check.
func (w *world) check(i int, v verdict, reason string, start time.Time) (doubt bool) {
	now := time.Now()
	w.mu.Lock()
	defer w.mu.Unlock()
	r := w.regions[i]
	before := r.health
	r.health = before.after(v, reason, start, w.cfg.Fall, w.cfg.Rise)
	if v == good {
		w.good(i)
		r.rtt = now.Sub(start)
		r.smoothed = smooth(r.smoothed, r.rtt)
	}
	if r.ready != before.ready {
		w.turned(r, i, v, now)
	}
	w.elect(now)
	return r.ready && v != good
}

// turned follows a region's change between ready and not.
func (w *world) turned(r *region, i int, v verdict, now time.Time) {
	w.metrics.ready[i].Set(0)
	if r.ready {
		w.metrics.ready[i].Set(1)
		w.endOutage(r, now)
		w.cfg.Log.Info("region is ready", "region", r.name)
		return
	}
	w.beginOutage(i, now)
	w.cfg.Log.Warn("region is not ready", "region", r.name, "reason", r.reason)
	w.seen.forget(i)
	if v == unanswered {
		r.lose()
		r.reachable, r.lose = context.WithCancel(context.Background())
		r.upstream.closeIdle(0) // they may be dead without a sign
	}
}

// elect moves all clients if another region is now the one to use. There is no
// choice before each region has been checked once.
func (w *world) elect(now time.Time) {
	if slices.ContainsFunc(w.regions, func(r *region) bool { return r.checked.IsZero() }) {
		return
	}
	views := w.views(now)
	from, to := w.current, choose(views, nil)
	if from == to {
		return
	}
	kind := start
	switch {
	case from >= 0:
		kind = moveKind(from, to, views[from])
	case w.chosen:
		kind = regained
	}
	w.current, w.chosen = to, true
	w.metrics.moves[kind].Inc()
	w.cfg.Log.Info("clients move", "kind", kind, "from", w.name(from), "to", w.name(to))
}

func (w *world) views(now time.Time) []view {
	views := make([]view, 0, 8)
	for i, r := range w.regions {
		cost := r.distance
		if w.cfg.Policy == Measured {
			cost = r.smoothed
			if i == w.current {
				cost -= stay(cost)
			}
		}
		views = append(views, view{ready: r.ready, held: now.Before(r.heldUntil), drained: r.drained, cost: cost})
	}
	return views
}

func (w *world) name(i int) string {
	if i < 0 {
		return "none"
	}
	return w.regions[i].name
}

// close gives up every connection that is kept for later.
func (w *world) close() {
	for _, r := range w.regions {
		w.mu.Lock()
		r.lose()
		w.mu.Unlock()
		r.upstream.closeIdle(0)
	}
}
