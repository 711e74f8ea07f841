package causal

import (
	"context"
	"errors"
	"io"
	"maps"
	"sync"
	"time"

	"pangea/chaos"
	"pangea/gen"
	"pangea/lab/meter"
	"pangea/lab/progress"
	"pangea/region/topology"
)

// Config describes the pairs.
type Config struct {
	Pairs    int
	Rate     float64 // pairs that begin in a second
	Seed     uint64  // of keys and classes
	Progress io.Writer
}

// Who writes A, who sees it and writes B, and where both are read.
const first, second, third = "us", "eu", "ap"

// The distances: A takes many times as long to the third region as it takes there with B.
const near, far = 20 * time.Millisecond, 800 * time.Millisecond

// rtts are the distances between the three.
func rtts() map[[2]string]time.Duration {
	return map[[2]string]time.Duration{{first, second}: near, {second, third}: near, {first, third}: far}
}

// World is the given one with the causal wait or without.
func World(world *topology.Topology, wait bool) *topology.Topology {
	w := *world
	if w.Guards.CausalWaitOff() == wait {
		w.Guards.CausalWait = &wait
	}
	return &w
}

// Distances are those of the given world while it is measured.
func Distances(world *topology.Topology) *topology.Topology {
	w := *world
	w.RTT = maps.Clone(world.RTT)
	for pair, rtt := range rtts() {
		delete(w.RTT, pair[1]+"-"+pair[0])
		w.RTT[pair[0]+"-"+pair[1]] = rtt
	}
	return &w
}

// apart moves the regions to their distances, and returns what moves them back.
func apart(ctx context.Context, world *chaos.World) (back func() error, err error) {
	back = func() error { return world.Network.ResetLatency(context.WithoutCancel(ctx)) }
	for pair, rtt := range rtts() {
		if err := world.Network.Latency(ctx, pair[0], pair[1], rtt, min(world.Topology.Jitter, rtt)); err != nil {
			return nil, errors.Join(err, back())
		}
	}
	return back, nil
}

// Verify returns nil once all regions hold the same state, and an error if they do not in
// the end.
type Verify func(context.Context) error

// drainWithin bounds the wait for what the far link still carries.
const drainWithin = time.Minute

// Measure makes the pairs in a world that nobody else loads, or changes the distances of.
func Measure(ctx context.Context, cfg Config, world *chaos.World, verify Verify) (f *Finding, err error) {
	p, err := newPlaces(world.Topology)
	if err != nil {
		return nil, err
	}
	defer p.close()
	back, err := apart(ctx, world)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, back()) }()
	f = &Finding{Wait: !world.Topology.Guards.CausalWaitOff(), Far: far, Near: near}
	sights := each(ctx, cfg, "pairs", cfg.Pairs, func(i int) Sight { return p.play(ctx, cfg.at(i)) })
	f.take(sights)
	f.Planted = p.plant(ctx, cfg.at(cfg.Pairs))
	removals := each(ctx, cfg, "removals", max(1, cfg.Pairs/10), func(i int) removal { return p.remove(ctx, cfg.removalAt(i)) })
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	draining, cancel := context.WithTimeout(ctx, drainWithin)
	defer cancel()
	if _, err := meter.Drain(draining, world.Topology); err != nil {
		return nil, err
	}
	f.Early = early(removals)
	if f.Removed, f.Resurrected, err = p.check(removals); err != nil {
		return nil, err
	}
	if err := verify(ctx); err != nil {
		f.Equal = err.Error()
	}
	f.Planted = f.Planted && p.plantAgain(removals)
	return f, ctx.Err()
}

// each does n things at the rate of the configuration, side by side, and returns what came
// of those that were begun.
func each[T any](ctx context.Context, cfg Config, what string, n int, do func(int) T) []T {
	bar := progress.Start(cfg.Progress, what, n)
	defer bar.End()
	all := make([]T, n)
	var doing sync.WaitGroup
	begun := 0
	gen.Pace(ctx, time.Now(), cfg.Rate, uint64(n), func(i uint64, _ time.Time) {
		begun = int(i) + 1
		doing.Go(func() {
			all[i] = do(int(i))
			bar.Step()
		})
	})
	doing.Wait()
	return all[:begun]
}
