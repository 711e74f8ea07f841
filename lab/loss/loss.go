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
	"pangea/gen"
	"pangea/region/topology"
)

// Config describes an experiment.
type Config struct {
	// Rounds is how many losses there are. It has no default.
	Rounds int

	// Seed decides when and whom they hit.
	Seed uint64

	// Rate is the load on the routers, in operations per second, beside which the
	// probes write 100 per second and region. It has no default.
	Rate float64

	// Region is the one to destroy. Defaults to any.
	Region string

	// Limit bounds a round. Defaults to 5 min.
	Limit time.Duration

	// Progress is told each step of a round. Defaults to nowhere.
	Progress io.Writer
}

// World is where a region can be destroyed, and brought back by healing that.
type World interface {
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
	cfg.Limit = cmp.Or(cfg.Limit, 5*time.Minute)
	if cfg.Progress == nil {
		cfg.Progress = io.Discard
	}
	switch {
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

// Run goes through the rounds. The report is of those that were completed; the error
// says why there are no more of them, or none.
func (e *Experiment) Run(ctx context.Context) (*Report, error) {
	report := &Report{Seed: e.cfg.Seed, Rate: e.cfg.Rate, Started: time.Now(), Machine: gen.ThisMachine()}
	for i := range e.cfg.Rounds {
		r := newRound(e.schedule(i))
		err := e.round(ctx, r)
		if ctx.Err() != nil {
			return report, fmt.Errorf("interrupted in round %d: `go tool task up` brings back whatever is missing", r.Number)
		}
		report.Rounds = append(report.Rounds, r)
		if err != nil {
			r.Error = err.Error()
			return report, fmt.Errorf("round %d: %w", r.Number, err)
		}
		fmt.Fprintln(e.cfg.Progress, r)
	}
	return report, nil
}
