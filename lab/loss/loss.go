package loss

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"pangea/chaos"
	"pangea/lab/progress"
	"pangea/region/topology"
)

// Fault is what happens to a region.
type Fault string

// The faults. The disk of a region that is killed stays: nothing may be missing then.
const (
	Killed    Fault = "killed"
	Destroyed Fault = "destroyed"
)

// Config describes an experiment.
type Config struct {
	// Fault is what happens to a region in each round. Defaults to Destroyed.
	Fault Fault

	// Rounds is how many there are. It has no default.
	Rounds int

	// Seed decides when and whom they hit.
	Seed uint64

	// Rate is the load on the routers, in operations per second, beside which the
	// probes write 100 per second and region. It has no default.
	Rate float64

	// Region is the one that it happens to. Defaults to any.
	Region string

	// Limit bounds a round. Defaults to 5 min.
	Limit time.Duration

	// Progress is told each step of a round. Defaults to nowhere.
	Progress io.Writer
}

// World is where a region can be taken away, and brought back by healing that.
type World interface {
	Kill(words []string) (chaos.Fault, error)
	Destroy(words []string) (chaos.Fault, error)
}

// Verify returns nil once all regions hold the same state, and an error if they do
// not in the end.
type Verify func(context.Context) error

// Experiment is one run of all rounds. It is used once.
type Experiment struct {
	cfg    Config
	topo   *topology.Topology
	world  World
	verify Verify
	books  *books
	id     string        // makes the keys of this run its own
	bar    *progress.Bar // from Run on
}

func (cfg Config) withDefaults() Config {
	cfg.Fault = cmp.Or(cfg.Fault, Destroyed)
	cfg.Limit = cmp.Or(cfg.Limit, 5*time.Minute)
	if cfg.Progress == nil {
		cfg.Progress = io.Discard
	}
	return cfg
}

// Validate says what of the configuration does not do in a world of that topology.
func (cfg Config) Validate(topo *topology.Topology) error {
	switch cfg = cfg.withDefaults(); {
	case cfg.Fault != Killed && cfg.Fault != Destroyed:
		return fmt.Errorf("fault: %q: want %s or %s", cfg.Fault, Killed, Destroyed)
	case cfg.Rounds < 1:
		return fmt.Errorf("rounds: %d: want at least 1", cfg.Rounds)
	case !(cfg.Rate > 0):
		return fmt.Errorf("rate: %v operations per second: want more than 0", cfg.Rate)
	case cfg.Region != "" && !slices.Contains(topo.Names(), cfg.Region):
		return fmt.Errorf("unknown region %q: the regions are %s", cfg.Region, strings.Join(topo.Names(), ", "))
	case len(topo.Regions) < 2:
		return errors.New("there is one region: it has no survivors to lose nothing")
	case cfg.Limit < longest:
		return fmt.Errorf("limit: %v: a round takes up to %v before the region is even brought back", cfg.Limit, longest)
	}
	return nil
}

// New validates the configuration; it destroys nothing.
func New(cfg Config, topo *topology.Topology, world World, verify Verify) (*Experiment, error) {
	if err := cfg.Validate(topo); err != nil {
		return nil, err
	}
	cfg = cfg.withDefaults()
	id := fmt.Sprintf("loss-%d-%x", cfg.Seed, time.Now().UnixMilli())
	return &Experiment{cfg: cfg, topo: topo, world: world, verify: verify, books: newBooks(), id: id}, nil
}

// Finding is what all rounds led to.
type Finding struct {
	Fault   Fault    `json:"fault"`
	Rate    float64  `json:"rate"`
	Rounds  []*Round `json:"rounds"`
	Planted bool     `json:"planted"` // whether all was missed that there is not
}

// Whole reports whether all rounds were completed. After one that was not, regions may be
// away, or differ.
func (f *Finding) Whole() bool {
	return !slices.ContainsFunc(f.Rounds, func(r *Round) bool { return r.Error != "" })
}

// Run goes through the rounds. One that is not completed is the last, and says why.
func (e *Experiment) Run(ctx context.Context) (*Finding, error) {
	f := &Finding{Fault: e.cfg.Fault, Rate: e.cfg.Rate}
	e.bar = progress.Start(e.cfg.Progress, string(e.cfg.Fault)+": rounds", e.cfg.Rounds)
	defer e.bar.End()
	for i := range e.cfg.Rounds {
		r := newRound(e.schedule(i))
		err := e.round(ctx, r)
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		f.Rounds = append(f.Rounds, r)
		if err != nil {
			r.Error = err.Error()
			return f, nil
		}
		e.bar.Say("%s", r)
		e.bar.Step()
	}
	var err error
	f.Planted, err = e.plant(ctx)
	return f, err
}

// fault is what will happen to the region.
func (e *Experiment) fault(region string) (chaos.Fault, error) {
	if e.cfg.Fault == Killed {
		return e.world.Kill([]string{region})
	}
	return e.world.Destroy([]string{region})
}
