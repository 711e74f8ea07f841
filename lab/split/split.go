package split

import (
	"context"
	"fmt"
	"io"
	"sync"
	"time"

	"pangea/chaos/links"
	"pangea/gen"
	"pangea/gen/conflict"
	"pangea/gen/workload"
	"pangea/lab/meter"
	"pangea/lab/progress"
	"pangea/region/topology"
)

// Config describes a cut.
type Config struct {
	Cut      time.Duration // how long it lasts
	Rate     float64       // writes per second, on both sides together
	Seed     uint64
	Progress io.Writer
}

// Finding is what a cut led to.
type Finding struct {
	Relay     bool               `json:"relay"`
	Cut       time.Duration      `json:"cut_ns"`
	Behind    map[string]uint64  `json:"behind_entries"` // at the heal: of a log, by "us of eu"
	Late      [2]time.Duration   `json:"late_ns"`        // at the heal: about how old the oldest entry was that us, and that eu lacked
	Converged time.Duration      `json:"converged_ns"`   // from the heal until all had all
	Reports   []*conflict.Report `json:"reports"`
	Booked    []conflict.Books   `json:"booked"`
	Planted   bool               `json:"planted"` // whether a loss that was planted in each class was found
	Equal     string             `json:"equal"`   // of the digests: empty if they are
	Course    []Moment           `json:"course"`
}

// Verify returns nil once all regions hold the same state, and an error if they do not in
// the end.
type Verify func(context.Context) error

// The two sides, and what they write to.
const a, b = "us", "eu"

// classes are those that both sides may write.
func classes() []workload.Class {
	return []workload.Class{workload.Profile, workload.Counter, workload.Tags, workload.Prefs}
}

// drainWithin bounds the wait for what a cut left to send.
const drainWithin = 2 * time.Minute

// Measure cuts a world that nobody else loads.
func Measure(ctx context.Context, cfg Config, world *topology.Topology, verify Verify) (*Finding, error) {
	runs, err := newRuns(cfg, world)
	if err != nil {
		return nil, err
	}
	defer runs.close()
	network := links.Open(world)
	defer network.Heal(context.WithoutCancel(ctx), a, b)
	fmt.Fprintf(cfg.Progress, "%s and %s are cut off from each other for %v, under %.0f writes/s, relay %t\n", a, b, cfg.Cut, cfg.Rate, world.Relay.Enabled)
	if err := network.Partition(ctx, a, b, links.BothWays, links.Refuse); err != nil {
		return nil, err
	}
	course := watch(world)
	defer course.end()
	fired := runs.fire(ctx, cfg)
	f := &Finding{Relay: world.Relay.Enabled, Cut: cfg.Cut}
	if f.Behind, f.Late, err = behind(world, cfg.Cut); err != nil {
		return nil, err
	}
	healing := time.Now()
	if err := network.Heal(ctx, a, b); err != nil {
		return nil, err
	}
	draining, cancel := context.WithTimeout(ctx, drainWithin)
	defer cancel()
	if _, err = meter.Drain(draining, world); err != nil {
		return nil, err
	}
	f.Converged = time.Since(healing)
	f.Course = course.end()
	fmt.Fprintf(cfg.Progress, "healed: all have all after %.2f s\n", f.Converged.Seconds())
	if err := verify(ctx); err != nil {
		f.Equal = err.Error()
	}
	return f, runs.judge(ctx, fired, f)
}

// runs are the pairs of each class.
type runs []*conflict.Conflict

func newRuns(cfg Config, world *topology.Topology) (all runs, err error) {
	rate := cfg.Rate / 2 / float64(len(classes())) // pairs per second of a class
	for _, class := range classes() {
		run, err := conflict.New(conflict.Config{
			Seed: cfg.Seed, Prefix: fmt.Sprintf("split-%d-", cfg.Seed), Class: class, Rate: rate, Pairs: max(1, int(rate*cfg.Cut.Seconds())),
			Regions: gen.Regions(world), Writers: []string{a, b},
		})
		if err != nil {
			all.close()
			return nil, err
		}
		all = append(all, run)
	}
	return all, nil
}

func (all runs) close() {
	for _, run := range all {
		run.Close()
	}
}

// fire sends the pairs of all classes side by side. It lasts as long as the cut.
func (all runs) fire(ctx context.Context, cfg Config) [][]conflict.Shot {
	defer progress.Seconds(cfg.Progress, "both sides are written to", cfg.Cut)()
	fired := make([][]conflict.Shot, len(all))
	var firing sync.WaitGroup
	for i, run := range all {
		firing.Go(func() { fired[i] = run.Fire(ctx) })
	}
	firing.Wait()
	return fired
}

func (all runs) judge(ctx context.Context, fired [][]conflict.Shot, f *Finding) error {
	f.Planted = true
	for i, run := range all {
		report, err := run.Judge(ctx, fired[i])
		if err != nil {
			return err
		}
		books, err := run.Books()
		if err != nil {
			return err
		}
		found, err := run.Plant(ctx)
		if err != nil {
			return err
		}
		f.Reports, f.Booked, f.Planted = append(f.Reports, report), append(f.Booked, books), f.Planted && found
	}
	return nil
}
