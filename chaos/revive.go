package chaos

import (
	"context"
	"fmt"
	"strings"
	"time"
)

const progressEvery = time.Second

// revive starts a part and tells meanwhile what it waits for.
func (w *World) revive(ctx context.Context, part string) error {
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
	name, _ := strings.CutPrefix(part, "region-")
	region, err := w.Topology.Region(name)
	if err != nil {
		return ""
	}
	if s := askRegion(ctx, region); s.Reason != "" {
		return ": " + s.Reason
	}
	return ""
}
