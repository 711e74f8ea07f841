package convergence

import (
	"context"
	"fmt"
	"io"

	"pangea/gen"
	"pangea/gen/conflict"
	"pangea/gen/workload"
	"pangea/region/topology"
)

// Config describes the pairs of each class.
type Config struct {
	Pairs    int
	Rate     float64 // pairs per second
	Seed     uint64
	Progress io.Writer
}

// Finding is what became of the pairs of each class, in the order of Classes.
type Finding struct {
	Reports []*conflict.Report `json:"reports"`
	Booked  []conflict.Books   `json:"booked"`
	Planted []bool             `json:"planted"` // whether the planted loss was found
	Equal   string             `json:"equal"`   // of the digests: empty if they are
}

// Classes are those that two regions may both write.
func Classes() []workload.Class {
	return []workload.Class{workload.Profile, workload.Counter, workload.Tags, workload.Prefs}
}

// Verify returns nil once all regions hold the same state, and an error if they do not in
// the end.
type Verify func(context.Context) error

// Measure fires the pairs at a world that runs, one class after the other, and at nothing else.
func Measure(ctx context.Context, cfg Config, world *topology.Topology, verify Verify) (*Finding, error) {
	f := &Finding{}
	fired := make([][]conflict.Shot, len(Classes()))
	runs := make([]*conflict.Conflict, len(Classes()))
	for i, class := range Classes() {
		run, err := conflict.New(conflict.Config{
			Seed: cfg.Seed, Prefix: fmt.Sprintf("pair-%d-", cfg.Seed), Class: class, Pairs: cfg.Pairs, Rate: cfg.Rate,
			Regions: gen.Regions(world), Progress: cfg.Progress,
		})
		if err != nil {
			return nil, err
		}
		defer run.Close()
		fmt.Fprintf(cfg.Progress, "%s: %d pairs at %.0f/s\n", class, cfg.Pairs, cfg.Rate)
		runs[i], fired[i] = run, run.Fire(ctx)
	}
	if err := verify(ctx); err != nil {
		f.Equal = err.Error()
	}
	for i, run := range runs {
		report, err := run.Judge(ctx, fired[i])
		if err != nil {
			return nil, err
		}
		books, err := run.Books()
		if err != nil {
			return nil, err
		}
		found, err := run.Plant(ctx)
		if err != nil {
			return nil, err
		}
		f.Reports, f.Booked, f.Planted = append(f.Reports, report), append(f.Booked, books), append(f.Planted, found)
	}
	return f, nil
}
