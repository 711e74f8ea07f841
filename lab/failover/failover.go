package failover

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"

	"pangea/chaos"
	"pangea/gen/audit"
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
	Policy    string       `json:"policy"` // of the routers
	Rounds    []Round      `json:"rounds"`
	Audit     audit.Report `json:"audit"` // of the histories of the rounds, together
	Lasting   Lasting      `json:"lasting"`
	Histories string       `json:"histories,omitempty"` // the folder of those, if anything is wrong
	Planted   bool         `json:"planted"`             // whether an increment that nobody made was found missing
	Equal     string       `json:"equal"`               // of the digests: empty if they are
}

// Counters is what was decided of the writes to counters.
func (f *Finding) Counters() audit.Property {
	return counters(&f.Audit)
}

func counters(r *audit.Report) audit.Property {
	for _, p := range r.Properties {
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
	dir, err := os.MkdirTemp("", "pangea-failover-")
	if err != nil {
		return nil, err
	}
	f, told := &Finding{Policy: policy(world.Topology)}, tally.New()
	err = f.measure(ctx, cfg, world, told, dir)
	if err == nil && f.Equal == "" {
		err = f.end(ctx, told, world.Topology, verify)
	}
	if err != nil {
		return nil, fmt.Errorf("%w; the histories are in %s", err, dir)
	}
	if f.Equal != "" || f.Audit.Err() != nil || f.Lasting.Wrong > 0 {
		f.Histories = dir
		return f, ctx.Err()
	}
	return f, errors.Join(ctx.Err(), os.RemoveAll(dir))
}

// end decides what is left to decide when all kills are over.
func (f *Finding) end(ctx context.Context, told *tally.Tally, t *topology.Topology, verify Verify) (err error) {
	if err := verify(ctx); err != nil {
		f.Equal = err.Error()
		return nil
	}
	f.Lasting, err = lasting(ctx, told, t)
	return err
}

// measure does the rounds, up to one after which the regions are not equal, and adds what
// clients were told of counters.
func (f *Finding) measure(ctx context.Context, cfg Config, world *chaos.World, told *tally.Tally, dir string) error {
	bar := progress.Start(cfg.Progress, f.Policy+" routers: kills", cfg.Kills)
	defer bar.End()
	for i := range cfg.Kills {
		r := cfg.schedule(i)
		history, err := cfg.round(ctx, world, &r, told, filepath.Join(dir, strconv.Itoa(r.Number)))
		if err == nil {
			f.Rounds = append(f.Rounds, r)
			err = f.judge(ctx, history, world.Topology, r.Number == cfg.Kills)
		}
		if errors.Is(err, audit.ErrNotEqual) {
			f.Equal = fmt.Sprintf("%v after kill %d: %v", equalWithin, r.Number, err)
			return nil
		}
		if err != nil {
			return fmt.Errorf("kill %d: %w", r.Number, err)
		}
		bar.Say("kill %d of %d: %s", r.Number, cfg.Kills, r)
		bar.Step()
	}
	return nil
}

func policy(t *topology.Topology) string { return cmp.Or(t.Router.Policy, "static") }
