package failover

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"time"

	"pangea/chaos"
	"pangea/gen"
	"pangea/gen/check"
	"pangea/gen/tally"
	"pangea/lab/progress"
	"pangea/region/topology"
)

// Config describes the kills.
type Config struct {
	Kills    int
	Rate     float64 // operations per second, on all routers together
	Seed     uint64
	Progress io.Writer
}

// victim is the region that is killed.
const victim = "eu"

// Finding is what came of all kills.
type Finding struct {
	Policy   string  `json:"policy"` // of the routers
	Rounds   []Round `json:"rounds"`
	Counters int     `json:"counters"`     // that were compared, in every region
	Acks     uint64  `json:"acknowledged"` // counter writes
	Open     uint64  `json:"unanswered"`   // counter writes that may stand or not
	Wrong    int     `json:"wrong"`        // counters that contradict what clients were told
	Planted  bool    `json:"planted"`      // whether an increment that nobody made was found missing
	Equal    string  `json:"equal"`        // of the digests: empty if they are
}

// Verify returns nil once all regions hold the same state, and an error if they do not in
// the end.
type Verify func(context.Context) error

// Measure kills and revives the region of a stack that nobody else loads.
func Measure(ctx context.Context, cfg Config, world *chaos.World, verify Verify) (*Finding, error) {
	f, told := &Finding{Policy: cmp.Or(world.Topology.Router.Policy, "static")}, tally.New()
	bar := progress.Start(cfg.Progress, f.Policy+" routers: kills", cfg.Kills)
	defer bar.End()
	for i := range cfg.Kills {
		r := cfg.schedule(i)
		sums, err := cfg.round(ctx, world, &r)
		if err != nil {
			return nil, fmt.Errorf("kill %d: %w", r.Number, err)
		}
		told.Merge(sums)
		f.Rounds = append(f.Rounds, r)
		bar.Say("kill %d of %d: %s", r.Number, cfg.Kills, r)
		bar.Step()
	}
	if err := verify(ctx); err != nil {
		f.Equal = err.Error()
	}
	f.Counters, f.Acks, f.Open = len(told.Counters), told.Acknowledged, told.Unanswered
	report, err := compare(ctx, told, world.Topology)
	if err != nil {
		return nil, err
	}
	f.Wrong = len(report.Wrong)
	f.Planted, err = planted(ctx, told, world.Topology)
	return f, err
}

func compare(ctx context.Context, told *tally.Tally, t *topology.Topology) (*check.Report, error) {
	c, err := check.New(check.Config{Tally: told, Regions: gen.Regions(t), Wait: 5 * time.Second})
	if err != nil {
		return nil, err
	}
	return c.Run(ctx)
}

// planted says of one counter that one more increment had been acknowledged.
func planted(ctx context.Context, told *tally.Tally, t *topology.Topology) (bool, error) {
	keys := slices.Sorted(maps.Keys(told.Counters))
	if len(keys) == 0 {
		return false, errors.New("plant a fault: the load wrote to no counter")
	}
	key := keys[0]
	one := tally.New()
	c := told.Counters[key]
	c.Incr += c.UnansweredIncrs + 1
	c.UnansweredIncrs, c.UnansweredDecrs = 0, 0
	one.Counters[key] = c
	report, err := compare(ctx, one, t)
	return err == nil && len(report.Wrong) == 1, err
}
