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
	"pangea/gen/workload"
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

// Experiment is one run of all rounds.
type Experiment struct {
	cfg    Config
	topo   *topology.Topology
	world  World
	verify Verify
	books  *books
	id     string // makes the keys of this run its own
}

// New validates the configuration; it destroys nothing.
func New(cfg Config, topo *topology.Topology, world World, verify Verify) (*Experiment, error) {
	cfg.Fault = cmp.Or(cfg.Fault, Destroyed)
	cfg.Limit = cmp.Or(cfg.Limit, 5*time.Minute)
	if cfg.Progress == nil {
		cfg.Progress = io.Discard
	}
	switch {
	case cfg.Fault != Killed && cfg.Fault != Destroyed:
		return nil, fmt.Errorf("fault: %q: want %s or %s", cfg.Fault, Killed, Destroyed)
	case cfg.Rounds < 1:
		return nil, fmt.Errorf("rounds: %d: want at least 1", cfg.Rounds)
	case !(cfg.Rate > 0):
		return nil, fmt.Errorf("rate: %v operations per second: want more than 0", cfg.Rate)
	case cfg.Region != "" && !slices.Contains(topo.Names(), cfg.Region):
		return nil, fmt.Errorf("unknown region %q: the regions are %s", cfg.Region, strings.Join(topo.Names(), ", "))
	case len(topo.Regions) < 2:
		return nil, errors.New("there is one region: it has no survivors to lose nothing")
	case cfg.Limit < longest:
		return nil, fmt.Errorf("limit: %v: a round takes up to %v before the region is even brought back", cfg.Limit, longest)
	}
	id := fmt.Sprintf("loss-%d-%x", cfg.Seed, time.Now().UnixMilli())
	return &Experiment{cfg: cfg, topo: topo, world: world, verify: verify, books: newBooks(), id: id}, nil
}

// Finding is what all rounds led to.
type Finding struct {
	Fault   Fault    `json:"fault"`
	Rate    float64  `json:"rate"`
	Rounds  []*Round `json:"rounds"`
	Planted bool     `json:"planted"` // whether writes that nobody made were found missing
}

// Run goes through the rounds. One that is not completed is the last, and says why.
func (e *Experiment) Run(ctx context.Context) (*Finding, error) {
	f := &Finding{Fault: e.cfg.Fault, Rate: e.cfg.Rate}
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
		fmt.Fprintln(e.cfg.Progress, r)
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

// plant has the check look for a write of each class that nobody made, and reports whether
// it misses them all.
func (e *Experiment) plant(ctx context.Context) (bool, error) {
	told := *e
	told.books = newBooks()
	for _, class := range workload.Classes() {
		told.books.promises = append(told.books.promises, promise{class: class, key: e.id + "-planted", value: "0", by: e.topo.Names()[0]})
	}
	r := newRound(Schedule{})
	err := told.check(ctx, r, loss{})
	return len(r.MissingAcks) == len(workload.Classes()), err
}
