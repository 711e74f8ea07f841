package trial

import (
	"context"
	"fmt"
	"time"

	"pangea/gen"
	"pangea/gen/measure"
	"pangea/gen/workload"
)

// probed is what the probe writes and reads.
func probed() workload.Mix { return workload.Mix{workload.Counter: 1, workload.Profile: 1} }

// probe measures the latency in windows, one after the other.
type probe struct {
	cfg     gen.Config
	windows []window
}

type window struct {
	from, to time.Time
	report   *measure.Report
}

func newProbe(cfg gen.Config) (*probe, error) {
	if _, err := gen.New(cfg); err != nil {
		return nil, fmt.Errorf("probe: %w", err)
	}
	return &probe{cfg: cfg}, nil
}

// run measures until ctx is done. A window that this cuts short counts for nothing.
func (p *probe) run(ctx context.Context) {
	for {
		load, err := gen.New(p.cfg)
		if err != nil { // it was valid before
			return
		}
		from := time.Now()
		result := load.Run(ctx)
		if ctx.Err() != nil {
			return
		}
		p.windows = append(p.windows, window{from: from, to: time.Now(), report: result.Report})
	}
}
