package ramp

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"pangea/lab/meter"
	"pangea/lab/results"
	"pangea/lab/trial"
	"pangea/lab/wrk"
	"pangea/region/topology"
)

// Config describes a ramp.
type Config struct {
	// Rates are the loads in writes per second on all regions together, from low to
	// high. The last step of a round, without a pace, is not among them. It has no
	// default.
	Rates []float64

	// Step is how long each lasts, in whole seconds. Defaults to 30 s.
	Step time.Duration

	// Rounds is how often the ramp is climbed. Defaults to 3.
	Rounds int

	// Load is what is written.
	Load wrk.Config

	// Progress is told each step. Defaults to nowhere.
	Progress io.Writer
}

// Verify returns nil once all regions hold the same state, and an error if they do
// not in the end.
type Verify func(context.Context) error

// Ramp is one run.
type Ramp struct {
	cfg    Config
	world  *topology.Topology
	parts  meter.Parts
	verify Verify
}

// unpaced is the rate of a round's last step.
const unpaced = 0

// New validates the configuration; it sends nothing.
func New(cfg Config, world *topology.Topology, parts meter.Parts, verify Verify) (*Ramp, error) {
	cfg.Step = cmp.Or(cfg.Step, 30*time.Second)
	cfg.Rounds = cmp.Or(cfg.Rounds, 3)
	if cfg.Progress == nil {
		cfg.Progress = io.Discard
	}
	r := &Ramp{cfg: cfg, world: world, parts: parts, verify: verify}
	switch {
	case len(cfg.Rates) == 0 || cfg.Rates[0] <= 0 || !slices.IsSorted(cfg.Rates):
		return nil, fmt.Errorf("rates: %v: want one or more above 0, from low to high", cfg.Rates)
	case cfg.Rounds < 1:
		return nil, fmt.Errorf("rounds: %d: want at least 1", cfg.Rounds)
	case len(world.Regions) < 2:
		return nil, errors.New("there is one region: it has no links")
	}
	_, err := r.step(cfg.Rates[0])
	return r, err
}

func (r *Ramp) step(rate float64) (*trial.Trial, error) {
	return trial.New(trial.Config{Rate: rate, Duration: r.cfg.Step, Load: r.cfg.Load, Progress: r.cfg.Progress}, r.world, r.parts)
}

// Run climbs, and returns what came of it.
func (r *Ramp) Run(ctx context.Context) (*results.Record, error) {
	var rounds []round
	for i := range r.cfg.Rounds {
		climbed, err := r.climb(ctx, i+1)
		if err != nil {
			return nil, fmt.Errorf("round %d: %w", i+1, err)
		}
		rounds = append(rounds, climbed)
	}
	same := r.verify(ctx)
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	return r.record(rounds, same), nil
}

// climb goes through the steps. What is too much for the regions is followed by the last
// step at once.
func (r *Ramp) climb(ctx context.Context, number int) (round, error) {
	var climbed round
	for i := 0; i <= len(r.cfg.Rates); i++ {
		rate := float64(unpaced)
		if i < len(r.cfg.Rates) {
			rate = r.cfg.Rates[i]
		}
		found, err := r.try(ctx, rate)
		if err != nil {
			return nil, err
		}
		climbed = append(climbed, found)
		fmt.Fprintf(r.cfg.Progress, "round %d of %d: %s\n", number, r.cfg.Rounds, sentence(found))
		if found.Drain < 0 {
			break
		}
		if rate != unpaced && found.Achieved < kept*rate {
			i = len(r.cfg.Rates) - 1
		}
	}
	return climbed, nil
}

// kept is the part of the offered rate below which it was too much.
const kept = 0.95

func (r *Ramp) try(ctx context.Context, rate float64) (*trial.Result, error) {
	step, err := r.step(rate)
	if err != nil {
		return nil, err
	}
	return step.Run(ctx)
}

func sentence(found *trial.Result) string {
	return fmt.Sprintf("%s: %.0f writes/s achieved, visible everywhere after %.0f ms, drained after %.2f s",
		offered(found.Offered), found.Achieved, 1000*found.Visible().Seconds(), found.Drain.Seconds())
}

func offered(rate float64) string {
	if rate == unpaced {
		return "as many as are answered"
	}
	return fmt.Sprintf("%.0f writes/s", rate)
}
