package failover

import (
	"context"
	"fmt"
	"time"

	"pangea/gen"
	"pangea/gen/check"
	"pangea/gen/tally"
	"pangea/gen/workload"
	"pangea/region/topology"
)

// Lasting is what became of all counters by the end: those of each round, which live through
// the kills after it, and the few that are incremented before every kill.
type Lasting struct {
	Counters     int    `json:"counters"`     // that were compared, in every region
	Acknowledged uint64 `json:"acknowledged"` // writes
	Unanswered   uint64 `json:"unanswered"`   // writes that may stand or not
	Wrong        int    `json:"wrong"`        // counters that contradict what clients were told
}

// The load before each kill: what a region remembers of these counters has to be right again
// after each of its deaths.
const (
	sameCounters = 100
	sameFor      = time.Second
)

// same increments the counters that all rounds share, and returns what clients were told.
func (c Config) same(ctx context.Context, round int, t *topology.Topology) (*tally.Tally, error) {
	mix, err := workload.ParseMix("counter=100")
	if err != nil {
		return nil, err
	}
	load, err := gen.New(gen.Config{
		Workload: workload.Config{Seed: c.Seed + uint64(round), Keys: sameCounters, Zipf: 1.1, Mix: mix, Prefix: fmt.Sprintf("failover-%s-%d-same-", policy(t), c.Seed)},
		Rate:     c.Rate, Duration: sameFor, Timeout: 5 * time.Second,
		Places: gen.Routers(t),
	})
	if err != nil {
		return nil, err
	}
	return load.Run(ctx).Tally, ctx.Err()
}

// lasting compares all that clients were told of counters with regions that are equal.
func lasting(ctx context.Context, told *tally.Tally, t *topology.Topology) (Lasting, error) {
	c, err := check.New(check.Config{Tally: told, Regions: gen.Regions(t), Wait: 5 * time.Second})
	if err != nil {
		return Lasting{}, err
	}
	report, err := c.Run(ctx)
	if err != nil {
		return Lasting{}, err
	}
	return Lasting{Counters: report.Checked, Acknowledged: told.Acknowledged, Unanswered: told.Unanswered, Wrong: len(report.Wrong)}, nil
}
