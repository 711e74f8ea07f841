package chaos

import (
	"context"
	"fmt"
	"strings"
	"time"

	"pangea/region/topology"
)

const progressEvery = time.Second

// revive starts a part, or lets it go on, and before it what it cannot run without.
func (w *World) revive(ctx context.Context, part string) error {
	if r, ok := w.regionOf(part); ok {
		if err := w.start(ctx, "postgres-"+r.Name); err != nil {
			return err
		}
	}
	return w.start(ctx, part)
}

// start starts a part and tells meanwhile what it waits for.
func (w *World) start(ctx context.Context, part string) error {
	started := make(chan error, 1)
	go func() { started <- w.Processes.Start(ctx, part) }()
	tick := time.NewTicker(progressEvery)
	defer tick.Stop()
	for start := time.Now(); ; {
		select {
		case err := <-started:
			return err
		case <-tick.C:
			fmt.Fprintf(w.Progress, "%3.0fs  waiting for %s%s\n", time.Since(start).Seconds(), part, w.unready(ctx, part))
		}
	}
}

// unready is why a region is not ready, in its own words; other parts say nothing.
func (w *World) unready(ctx context.Context, part string) string {
	r, ok := w.regionOf(part)
	if !ok {
		return ""
	}
	if s := askRegion(ctx, r); s.Reason != "" {
		return ": " + s.Reason
	}
	return ""
}

func regionPart(region string) string { return "region-" + region }

// regionOf is the region whose process the part is, if it is one.
func (w *World) regionOf(part string) (topology.Region, bool) {
	name, _ := strings.CutPrefix(part, "region-")
	r, err := w.Topology.Region(name)
	return r, err == nil
}
