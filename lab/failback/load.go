package failback

import (
	"context"
	"fmt"
	"time"

	"pangea/chaos"
	"pangea/crdt"
	"pangea/gen"
	"pangea/gen/check"
	"pangea/gen/tally"
	"pangea/gen/workload"
	"pangea/lab/meter"
)

// underLoad does something while clients of all places use the routers, and returns what
// they were told of counters.
func (m *measurement) underLoad(ctx context.Context, do func(context.Context) error) (*tally.Tally, error) {
	load, err := m.load()
	if err != nil {
		return nil, err
	}
	loading, stop := context.WithCancel(ctx)
	defer stop()
	done := make(chan *gen.Result, 1)
	go func() { done <- load.Run(loading) }()
	err = do(ctx)
	stop()
	result := <-done
	m.found.Writes += result.Report.Writes.OK
	return result.Tally, err
}

// The load lasts for lead before the region is killed, and takesWithin bounds the wait for
// the first of it that the region has committed.
const lead, takesWithin = 3 * time.Second, 30 * time.Second

// underway waits until the region takes part in the load: who is killed idle loses nothing.
// It returns what the region shows then.
func (m *measurement) underway(ctx context.Context) (crdt.Vector, error) {
	before, err := meter.Applied(m.regions[victim])
	if err != nil {
		return nil, fmt.Errorf("ask %s: %w", victim, err)
	}
	if err := chaos.Wait(ctx, lead); err != nil {
		return nil, err
	}
	for begun := time.Now(); ; {
		now, err := meter.Applied(m.regions[victim])
		if err != nil {
			return nil, fmt.Errorf("ask %s: %w", victim, err)
		}
		if m.found.Taken = lacks(before, meter.Own(now, victim)); m.found.Taken > 0 {
			return now, nil
		}
		if time.Since(begun) > takesWithin {
			return nil, fmt.Errorf("%s has taken nothing of the load in %v: it cannot be killed under load", victim, lead+takesWithin)
		}
		if err := chaos.Wait(ctx, watchEvery); err != nil {
			return nil, err
		}
	}
}

func (m *measurement) load() (*gen.Load, error) {
	mix, err := workload.ParseMix(workload.DefaultMix)
	if err != nil {
		return nil, err
	}
	return gen.New(gen.Config{
		Workload: workload.Config{Seed: m.cfg.Seed, Keys: 10_000_000, Zipf: 1.1, Mix: mix, Reads: 20, Prefix: fmt.Sprintf("failback-load-%d-", m.cfg.Seed)},
		Rate:     m.cfg.Rate, Duration: time.Hour, Timeout: 5 * time.Second, // it is stopped before
		Places: gen.Routers(m.world.Topology),
	})
}

// check compares counters with what clients were told, once all regions have all.
func (m *measurement) check(ctx context.Context, told *tally.Tally) (*check.Report, error) {
	if err := m.settle(ctx); err != nil {
		return nil, err
	}
	c, err := check.New(check.Config{Tally: told, Regions: gen.Regions(m.world.Topology)})
	if err != nil {
		return nil, err
	}
	return c.Run(ctx)
}
