package soak

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"time"

	"pangea/lab/meter"
	"pangea/lab/results"
	"pangea/lab/trial"
	"pangea/lab/wrk"
	"pangea/region/topology"
)

// Config describes a run.
type Config struct {
	// Rate is the load in writes per second on all regions together. Defaults to as
	// many as are answered.
	Rate float64

	// Duration is how long it lasts, in whole seconds. Defaults to 30 min.
	Duration time.Duration

	// Load is what is written.
	Load wrk.Config

	// Memory is what a region may take, in bytes. Defaults to 300 MB.
	Memory float64

	// Progress is told how it goes. Defaults to nowhere.
	Progress io.Writer
}

// Verify returns nil once all regions hold the same state, and an error if they do
// not in the end.
type Verify func(context.Context) error

// Soak is one run.
type Soak struct {
	cfg    Config
	trial  *trial.Trial
	verify Verify
}

// New validates the configuration; it sends nothing.
func New(cfg Config, world *topology.Topology, parts meter.Parts, verify Verify) (*Soak, error) {
	cfg.Duration = cmp.Or(cfg.Duration, 30*time.Minute)
	cfg.Memory = cmp.Or(cfg.Memory, 300e6)
	if cfg.Memory < 0 {
		return nil, fmt.Errorf("memory: %v bytes: want more than 0", cfg.Memory)
	}
	t, err := trial.New(trial.Config{
		Rate: cfg.Rate, Duration: cfg.Duration, Load: cfg.Load, Progress: cfg.Progress,
	}, world, parts)
	if err != nil {
		return nil, err
	}
	return &Soak{cfg: cfg, trial: t, verify: verify}, nil
}

// Run returns what came of the load.
func (s *Soak) Run(ctx context.Context) (*results.Record, error) {
	found, err := s.trial.Run(ctx)
	if err != nil {
		return nil, err
	}
	r := &results.Record{
		Title: fmt.Sprintf("%v under load", s.cfg.Duration), About: s.about(),
		Writes: found.Writes, Charts: charts(found), Figures: found,
		Tables: []results.Table{links(found), processes(found), latencies(found)},
	}
	s.claim(r, found)
	same := s.verify(ctx)
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	r.Claim(same == nil, "all regions hold the same in the end", "%s", verdict(same))
	return r, nil
}

func (s *Soak) about() string {
	pace := "as many as were answered"
	if s.cfg.Rate > 0 {
		pace = fmt.Sprintf("%.0f writes/s on all regions together", s.cfg.Rate)
	}
	return fmt.Sprintf("Regions under one load for %v: %s, by wrk straight at the regions, and beside it 100 operations/s "+
		"in an open loop, whose latency is what is shown. Lag and memory are judged by the last two thirds.", s.cfg.Duration, pace)
}

func verdict(err error) string {
	if err != nil {
		return err.Error()
	}
	return "equal digests of all classes"
}
