package chaos

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
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
	name, isRegion := strings.CutPrefix(part, "region-")
	region, err := w.Topology.Region(name)
	if !isRegion || err != nil {
		return ""
	}
	body, status, err := get(ctx, "http://"+region.HTTP+"/readyz")
	if err != nil || status == http.StatusOK {
		return ""
	}
	var problem struct {
		Detail string `json:"detail"`
	}
	if err := json.Unmarshal(body, &problem); err != nil || problem.Detail == "" {
		return fmt.Sprintf(": /readyz answers %d", status)
	}
	return ": " + problem.Detail
}
