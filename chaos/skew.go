package chaos

import (
	"context"
	"fmt"
	"slices"
	"time"
)

const (
	skewWithin = 3 * time.Second // a running region looks several times a second
	skewPoll   = 50 * time.Millisecond
)

// Skew sets a region's clock beside the others': "eu -200ms" puts it behind. The clock
// steps while the region runs, and stays so over a kill and a start. Healing it gives the
// region the clock of the topology.
func (w *World) Skew(words []string) (Fault, error) {
	if len(words) != 2 || !slices.Contains(w.Topology.Names(), words[0]) {
		return Fault{}, misuse("name one of %s and a time, such as %s -200ms", names(w.Topology), w.Topology.Names()[0])
	}
	region := words[0]
	by, err := time.ParseDuration(words[1])
	if err != nil {
		return Fault{}, misuse("%q is no time: write it as -200ms or 1.5s, negative for a clock that is behind", words[1])
	}
	usual := w.Topology.Clock.Skew[region]
	return Fault{
		Name: fmt.Sprintf("skew %s %v", region, by),
		Inject: func(ctx context.Context) error {
			if err := w.Processes.Skew(region, by); err != nil {
				return err
			}
			return w.awaitSkew(ctx, region, by)
		},
		Heal:   func(ctx context.Context) error { return w.unskew(ctx, region) },
		Broken: fmt.Sprintf("the clock of %s is %s", region, ahead(by)),
		Whole:  fmt.Sprintf("the clock of %s is %s, as in the topology", region, ahead(usual)),
		Cure:   "heal " + region,
	}, nil
}

func (w *World) unskew(ctx context.Context, region string) error {
	if err := w.Processes.Unskew(region); err != nil {
		return err
	}
	return w.awaitSkew(ctx, region, w.Topology.Clock.Skew[region])
}

// awaitSkew waits until the region says that its clock has stepped. One that cannot say
// anything has that clock when it goes on.
func (w *World) awaitSkew(ctx context.Context, region string, want time.Duration) error {
	r, err := w.Topology.Region(region)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, skewWithin)
	defer cancel()
	tick := time.NewTicker(skewPoll)
	defer tick.Stop()
	for {
		if w.Processes.Paused(regionPart(region)) {
			return nil
		}
		s := askRegion(ctx, r)
		if s.Err != nil && ctx.Err() == nil || s.Err == nil && s.Skew == want {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("the clock of %s did not step within %v: %w", region, skewWithin, ctx.Err())
		case <-tick.C:
		}
	}
}

// ahead says where a clock is.
func ahead(by time.Duration) string {
	switch {
	case by > 0:
		return by.String() + " ahead"
	case by < 0:
		return (-by).String() + " behind"
	}
	return "right"
}
