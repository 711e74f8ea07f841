package peers

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"pangea/lab/mesh"
)

// Config describes a comparison.
type Config struct {
	// Rounds is how often each system is measured. Defaults to 3.
	Rounds int

	// Duration of a measurement, in whole seconds. Defaults to 60 s.
	Duration time.Duration

	// Tries is how often a system is measured in a round, each time at a slower pace,
	// until its lag is flat. Defaults to 6.
	Tries int

	// Search is how long each client count is tried. Defaults to 10 s.
	Search time.Duration

	// Batch is how many rows a request has where they are compared by batches. Defaults
	// to 100.
	Batch int

	// Clients is the count in each region for all systems. Defaults to the best of each,
	// which is looked for.
	Clients int

	// Regions are those that both systems have. It has no default.
	Regions []string

	// Progress is told of each measurement. Defaults to nowhere.
	Progress io.Writer `json:"-"`
}

func (c Config) withDefaults() Config {
	c.Rounds = cmp.Or(c.Rounds, 3)
	c.Duration = cmp.Or(c.Duration, time.Minute)
	c.Tries = cmp.Or(c.Tries, 6)
	c.Search = cmp.Or(c.Search, 10*time.Second)
	c.Batch = cmp.Or(c.Batch, 100)
	if c.Progress == nil {
		c.Progress = io.Discard
	}
	return c
}

// shortest load of which a slope can be told, since a point of lag is there each 100 ms.
const shortest = 3 * time.Second

func (c Config) validate() error {
	switch {
	case c.Rounds < 1:
		return fmt.Errorf("rounds: %d: want at least 1", c.Rounds)
	case c.Tries < 1:
		return fmt.Errorf("tries: %d: want at least 1", c.Tries)
	case c.Duration < shortest || c.Search < shortest:
		return fmt.Errorf("duration %v, search %v: want at least %v of each", c.Duration, c.Search, shortest)
	case c.Batch < 2 || c.Batch > mesh.MostRows:
		return fmt.Errorf("batch: %d rows: want 2 to %d", c.Batch, mesh.MostRows)
	case c.Clients < 0:
		return fmt.Errorf("clients: %d: want at least 1, or none to look for the best", c.Clients)
	case len(c.Regions) < 2:
		return errors.New("there is one region: it has no lag to compare")
	}
	return nil
}

// Experiment is one run of all rounds.
type Experiment struct {
	cfg          Config
	pangea, peer System
}

// New validates the configuration; it starts nothing.
func New(cfg Config, pangea, peer System) (*Experiment, error) {
	cfg = cfg.withDefaults()
	if err := cfg.validate(); err != nil {
		return nil, err
	}
	return &Experiment{cfg: cfg, pangea: pangea, peer: peer}, nil
}

// Run compares the systems by single writes, then by batches.
func (e *Experiment) Run(ctx context.Context) (*Comparison, error) {
	c := &Comparison{Config: e.cfg, Pangea: e.pangea.Name, Peer: e.peer.Name}
	for _, rows := range []int{1, e.cfg.Batch} {
		best := map[string]Load{}
		for _, s := range e.order(0) {
			tried, load, err := e.best(ctx, s, rows)
			if err != nil {
				return nil, fmt.Errorf("look for the best client count: %w", err)
			}
			best[s.Name] = load
			c.Search = append(c.Search, tried...)
		}
		if err := e.rounds(ctx, c, rows, best); err != nil {
			return nil, err
		}
	}
	return c, nil
}

// rounds measures all of them, each system with its own load.
func (e *Experiment) rounds(ctx context.Context, c *Comparison, rows int, loads map[string]Load) error {
	for round := 1; round <= e.cfg.Rounds; round++ {
		for _, s := range e.order(round) {
			fmt.Fprintf(e.cfg.Progress, "round %d of %d, %s: %s starts\n", round, e.cfg.Rounds, caption(rows), s.Name)
			tried, err := e.settle(ctx, s, loads[s.Name])
			if err != nil {
				return fmt.Errorf("round %d: %w", round, err)
			}
			for _, m := range tried {
				m.Round = round
				c.Rounds = append(c.Rounds, m)
			}
		}
	}
	return nil
}

// settle measures a system at slower and slower paces, each time from its start, until it
// keeps up with its clients: what is flat for the seconds of the search may not be for
// the minute of a round.
func (e *Experiment) settle(ctx context.Context, s System, l Load) (tried []Measurement, err error) {
	for range e.cfg.Tries {
		m, err := e.once(ctx, s, l)
		if err != nil {
			return nil, err
		}
		tried = append(tried, m)
		if m.Flat() {
			break
		}
		l = l.slower(m)
	}
	return tried, nil
}

// order lets each system be the first in turn.
func (e *Experiment) order(round int) []System {
	if round%2 == 0 {
		return []System{e.peer, e.pangea}
	}
	return []System{e.pangea, e.peer}
}

// once measures a system from its start.
func (e *Experiment) once(ctx context.Context, s System, l Load) (m Measurement, err error) {
	running, err := s.Start(ctx)
	if err != nil {
		return m, fmt.Errorf("start %s: %w", s.Name, err)
	}
	defer func() { err = errors.Join(err, running.Stop(context.WithoutCancel(ctx))) }()
	if m, err = e.measure(ctx, s, running, l); err != nil {
		return m, err
	}
	m.Differing, err = running.Differing(ctx)
	return m, err
}
