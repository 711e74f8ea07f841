package lww

import (
	"context"
	"fmt"
	"io"

	"pangea/gen"
	"pangea/gen/conflict"
	"pangea/gen/workload"
	"pangea/region/topology"
)

// Config describes the pairs of each scene.
type Config struct {
	Pairs    int
	Rate     float64 // pairs per second
	Seed     uint64
	Progress io.Writer
}

// Finding is what became of the pairs of a scene.
type Finding struct {
	Scene   Scene            `json:"scene"`
	Report  *conflict.Report `json:"report"`
	Booked  conflict.Books   `json:"booked"`
	Planted bool             `json:"planted"` // whether a loss that was planted was found
	Equal   string           `json:"equal"`   // of the digests: empty if they are
}

// Verify returns nil once all regions hold the same state, and an error if they do not in
// the end.
type Verify func(context.Context) error

// Measure fires the pairs of a scene at a world that is in it, and at nothing else.
func Measure(ctx context.Context, cfg Config, s Scene, world *topology.Topology, verify Verify) (*Finding, error) {
	// What runs may go through several scenes: each has keys of its own.
	prefix := fmt.Sprintf("lww-%d-%s-%v-%v-%t-", cfg.Seed, s.Mode, s.Skew, s.Gap, s.Seen)
	c, err := conflict.New(conflict.Config{
		Seed: cfg.Seed, Prefix: prefix, Class: workload.Profile, Pairs: cfg.Pairs, Rate: cfg.Rate,
		Gap: s.Gap, Seen: s.Seen, Regions: gen.Regions(world), Writers: []string{"us", behind}, Progress: cfg.Progress,
	})
	if err != nil {
		return nil, err
	}
	defer c.Close()
	shots := c.Fire(ctx)
	f := &Finding{Scene: s}
	if err := verify(ctx); err != nil {
		f.Equal = err.Error()
	}
	if f.Report, err = c.Judge(ctx, shots); err != nil {
		return nil, err
	}
	if f.Booked, err = c.Books(); err != nil {
		return nil, err
	}
	f.Planted, err = c.Plant(ctx)
	return f, err
}
