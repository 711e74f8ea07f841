package failover

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"

	"pangea/chaos"
	"pangea/gen/audit"
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
	Policy     string           `json:"policy"` // of the routers
	Rounds     []Round          `json:"rounds"`
	Operations int              `json:"operations"` // in the histories of the rounds
	Properties []audit.Property `json:"properties"` // what is decided by those, together
	Planted    bool             `json:"planted"`    // whether an increment that nobody made was found missing
	Equal      string           `json:"equal"`      // of the digests: empty if they are
}

// Counters is what was decided of the writes to counters.
func (f *Finding) Counters() audit.Property {
	for _, p := range f.Properties {
		if p.Name == "counters" {
			return p
		}
	}
	return audit.Property{}
}

// Verify returns nil once all regions hold the same state, and an error if they do not in
// the end.
type Verify func(context.Context) error

// Measure kills and revives the region of a stack that nobody else loads.
func Measure(ctx context.Context, cfg Config, world *chaos.World, verify Verify) (*Finding, error) {
	f := &Finding{Policy: policy(world.Topology)}
	dir, err := os.MkdirTemp("", "pangea-failover-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	bar := progress.Start(cfg.Progress, f.Policy+" routers: kills", cfg.Kills)
	defer bar.End()
	for i := range cfg.Kills {
		r := cfg.schedule(i)
		history, err := cfg.round(ctx, world, &r, filepath.Join(dir, strconv.Itoa(r.Number)))
		if err == nil {
			err = f.judge(ctx, history, world.Topology)
		}
		if err == nil && r.Number == cfg.Kills {
			f.Planted, err = planted(ctx, history, world.Topology)
		}
		if err != nil {
			return nil, fmt.Errorf("kill %d: %w", r.Number, err)
		}
		f.Rounds = append(f.Rounds, r)
		bar.Say("kill %d of %d: %s", r.Number, cfg.Kills, r)
		bar.Step()
	}
	if err := verify(ctx); err != nil {
		f.Equal = err.Error()
	}
	return f, ctx.Err()
}

func policy(t *topology.Topology) string { return cmp.Or(t.Router.Policy, "static") }
