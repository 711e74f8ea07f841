package scale

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"pangea/lab/results"
	"pangea/lab/stack"
	"pangea/lab/trial"
	"pangea/lab/wrk"
	"pangea/region/topology"
)

// Config describes what all curves share.
type Config struct {
	// Steady is the load in writes per second beside which the latency is measured.
	// It has no default.
	Steady float64

	// Duration is how long each trial lasts, in whole seconds. Defaults to 30 s.
	Duration time.Duration

	// Rounds is how often each point is measured. Defaults to 3.
	Rounds int

	// Load is what is written, where a curve does not change it.
	Load wrk.Config

	// Progress is told each trial. Defaults to nowhere.
	Progress io.Writer
}

// Open starts a stack of that world with nothing stored.
type Open func(context.Context, *topology.Topology) (*stack.Stack, error)

// Verify returns nil once all regions of a world hold the same state, and an error if
// they do not in the end.
type Verify func(context.Context, *topology.Topology) error

// Scale measures curves.
type Scale struct {
	cfg    Config
	open   Open
	verify Verify
}

// New validates the configuration; it starts nothing.
func New(cfg Config, open Open, verify Verify) (*Scale, error) {
	cfg.Duration = cmp.Or(cfg.Duration, 30*time.Second)
	cfg.Rounds = cmp.Or(cfg.Rounds, 3)
	if cfg.Progress == nil {
		cfg.Progress = io.Discard
	}
	switch {
	case !(cfg.Steady > 0):
		return nil, fmt.Errorf("steady rate: %v writes per second: want more than 0", cfg.Steady)
	case cfg.Rounds < 1:
		return nil, fmt.Errorf("rounds: %d: want at least 1", cfg.Rounds)
	}
	return &Scale{cfg: cfg, open: open, verify: verify}, nil
}

// Run measures all points of a curve.
func (s *Scale) Run(ctx context.Context, c Curve) (*results.Record, error) {
	var measured []point
	for i, setting := range c.settings {
		fmt.Fprintf(s.cfg.Progress, "point %d of %d: %s\n", i+1, len(c.settings), setting.label)
		p, err := s.measure(ctx, setting)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", setting.label, err)
		}
		measured = append(measured, p)
	}
	return s.record(c, measured), nil
}

// point is what was found at one setting.
type point struct {
	Label    string    `json:"label"`
	X        float64   `json:"x"`
	Filled   uint64    `json:"filled"` // rows written before
	Peak     trial.Set `json:"peak"`   // as fast as answers came, or at the rate of the setting
	Steady   trial.Set `json:"steady"`
	Differed string    `json:"differed,omitempty"` // what verify said
}

func (s *Scale) measure(ctx context.Context, at setting) (p point, err error) {
	fresh, err := s.open(ctx, at.world)
	if err != nil {
		return p, err
	}
	defer func() { err = errors.Join(err, fresh.Clean(context.WithoutCancel(ctx), func(string, string) {})) }()
	p = point{Label: at.label, X: at.x}
	if p.Filled, err = s.fill(ctx, fresh, at.rows); err != nil {
		return p, fmt.Errorf("write %d rows: %w", at.rows, err)
	}
	for round := range s.cfg.Rounds {
		peak, err := s.try(ctx, fresh, at, at.rate, round)
		if err != nil {
			return p, err
		}
		steady := peak
		if at.rate == 0 {
			if steady, err = s.try(ctx, fresh, at, s.cfg.Steady, round); err != nil {
				return p, err
			}
		}
		p.Peak, p.Steady = append(p.Peak, peak), append(p.Steady, steady)
	}
	if err := s.verify(ctx, fresh.Topology()); err != nil {
		p.Differed = err.Error()
	}
	return p, ctx.Err()
}

// try runs one trial, and says how it went.
func (s *Scale) try(ctx context.Context, fresh *stack.Stack, at setting, rate float64, round int) (*trial.Result, error) {
	t, err := trial.New(trial.Config{Rate: rate, Duration: s.cfg.Duration, Load: at.load, Progress: s.cfg.Progress}, fresh.Topology(), fresh)
	if err != nil {
		return nil, err
	}
	found, err := t.Run(ctx)
	if err != nil {
		return nil, err
	}
	fmt.Fprintf(s.cfg.Progress, "%s, round %d of %d: %.0f writes/s, write p99 %.1f ms, drained after %.2f s\n",
		at.label, round+1, s.cfg.Rounds, found.Achieved, found.Latencies(trial.WriteP99).Median, found.Drain.Seconds())
	return found, nil
}
