package catchup

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"io"
	"time"

	"pangea/chaos/links"
	"pangea/lab/results"
	"pangea/lab/wrk"
	"pangea/region/topology"
)

// Config describes an experiment.
type Config struct {
	// From and To are the ends of the link: To reads the log of From over it. They have
	// no default.
	From, To string

	// Rate is the load on From while the link is cut, in writes per second. It has no
	// default.
	Rate float64

	// Duration is how long it lasts, in whole seconds. Defaults to 10 min.
	Duration time.Duration

	// Rounds is how often that is done. Defaults to 3.
	Rounds int

	// Load is what is written. Its target, rate and duration are set by the experiment,
	// and each round adds one to its seed.
	Load wrk.Config

	// Progress is told how it goes. Defaults to nowhere.
	Progress io.Writer
}

func (c Config) withDefaults() Config {
	c.Duration = cmp.Or(c.Duration, 10*time.Minute)
	c.Rounds = cmp.Or(c.Rounds, 3)
	if c.Progress == nil {
		c.Progress = io.Discard
	}
	return c
}

func (c Config) validate(world *topology.Topology) error {
	for _, name := range []string{c.From, c.To} {
		if _, err := world.Region(name); err != nil {
			return err
		}
	}
	switch {
	case c.From == c.To:
		return fmt.Errorf("%s has no link to itself: name two of %v", c.From, world.Names())
	case !(c.Rate > 0):
		return fmt.Errorf("rate: %v writes per second: want more than 0", c.Rate)
	case c.Rounds < 1:
		return fmt.Errorf("rounds: %d: want at least 1", c.Rounds)
	}
	return nil
}

// World is the given one without the relay.
func World(world *topology.Topology) *topology.Topology {
	w := *world
	w.Relay.Enabled = false
	return &w
}

// Verify returns nil once all regions hold the same state, and an error if they do
// not in the end.
type Verify func(context.Context) error

// Database opens that of a region.
type Database func(region string) (*sql.DB, error)

// CatchUp is one experiment.
type CatchUp struct {
	cfg     Config
	world   *topology.Topology
	network *links.Network
	log     *log // of From, while it runs
}

// New validates the configuration; it connects to nobody, and the world need not be up.
func New(cfg Config, world *topology.Topology) (*CatchUp, error) {
	cfg = cfg.withDefaults()
	if err := cfg.validate(world); err != nil {
		return nil, err
	}
	c := &CatchUp{cfg: cfg, world: world, network: links.Open(world)}
	_, err := c.load(1)
	return c, err
}

// load is that of a round.
func (c *CatchUp) load(number int) (*wrk.Load, error) {
	from, err := c.world.Region(c.cfg.From)
	if err != nil {
		return nil, err
	}
	cfg := c.cfg.Load
	cfg.Targets = []wrk.Target{{Name: from.Name, Address: from.HTTP}}
	cfg.Rate, cfg.Duration = c.cfg.Rate/float64(max(1, cfg.Rows)), c.cfg.Duration
	cfg.Seed = cmp.Or(cfg.Seed, 1) + number - 1
	return wrk.New(cfg)
}

// Run goes through the rounds, in a world that is up and nobody else's, and returns what
// came of them.
func (c *CatchUp) Run(ctx context.Context, database Database, verify Verify) (*results.Record, error) {
	var err error
	if c.log, err = openLog(c.cfg.From, c.world.Names(), database); err != nil {
		return nil, err
	}
	defer c.log.close()
	var rounds []*Round
	for number := 1; number <= c.cfg.Rounds; number++ {
		r, err := c.round(ctx, number)
		if err != nil {
			return nil, fmt.Errorf("round %d: %w", number, err)
		}
		c.tell(number, "%s has all after %.1f s: %.0f events/s, and %.0f once they came", c.cfg.To, r.Missing.took(), r.speed(), r.flow())
		rounds = append(rounds, r)
	}
	same := verify(ctx)
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	return c.record(rounds, same), nil
}

func (c *CatchUp) tell(number int, format string, args ...any) {
	fmt.Fprintf(c.cfg.Progress, "round %d of %d: %s\n", number, c.cfg.Rounds, fmt.Sprintf(format, args...))
}
