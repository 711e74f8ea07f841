package peers

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"golang.org/x/sync/errgroup"

	"pangea/lab/trend"
)

const (
	probeEvery = 100 * time.Millisecond
	pollEvery  = 5 * time.Millisecond
	// drainWithin is the longest that a system is waited for after its load. What is
	// missing then is counted as keys that differ.
	drainWithin = 2 * time.Minute
)

// probe watches how old the news from elsewhere are while a system is loaded.
type probe struct {
	running Running
	regions []string
	began   time.Time
	lag     []trend.Point // in seconds: of the link that is furthest behind
}

// run ends with ctx.
func (p *probe) run(ctx context.Context) error {
	g, ctx := errgroup.WithContext(ctx)
	for _, region := range p.regions {
		g.Go(func() error {
			return every(ctx, func() error { return p.running.Put(ctx, region, "probe-"+region, stamp()) })
		})
	}
	g.Go(func() error { return every(ctx, func() error { return p.look(ctx) }) })
	return g.Wait()
}

// every does it ten times a second, or as often as it can be done, until ctx is done.
func every(ctx context.Context, do func() error) error {
	tick := time.NewTicker(probeEvery)
	defer tick.Stop()
	for {
		if err := do(); err != nil && ctx.Err() == nil {
			return err
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

// look adds a point, once every region has something of each other.
func (p *probe) look(ctx context.Context) error {
	ages := make([]time.Duration, len(p.regions))
	g, asking := errgroup.WithContext(ctx)
	for i, region := range p.regions {
		g.Go(func() (err error) {
			ages[i], err = p.age(asking, region)
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return err
	}
	if slices.Min(ages) > 0 {
		p.lag = append(p.lag, trend.Point{At: time.Since(p.began).Seconds(), Value: slices.Max(ages).Seconds()})
	}
	return nil
}

// age is how old the news of a region from the others are at worst, or 0 if it has none
// of one yet.
func (p *probe) age(ctx context.Context, region string) (time.Duration, error) {
	var worst time.Duration
	for _, origin := range p.regions {
		if region == origin {
			continue
		}
		value, err := p.running.Get(ctx, region, "probe-"+origin)
		if err != nil || value == "" {
			return 0, err
		}
		written, err := strconv.ParseInt(value, 10, 64)
		if err != nil {
			return 0, fmt.Errorf("probe of %s in %s: %w", origin, region, err)
		}
		worst = max(worst, time.Since(time.UnixMicro(written)))
	}
	return worst, nil
}

// stamp is now, as a value that both systems keep as it is.
func stamp() string { return strconv.FormatInt(time.Now().UnixMicro(), 10) }

// drain writes a last row in each region, and returns when all of them are everywhere,
// or false when that takes too long.
func drain(ctx context.Context, running Running, regions []string) (bool, error) {
	waiting, cancel := context.WithTimeout(ctx, drainWithin)
	defer cancel()
	g, waiting := errgroup.WithContext(waiting)
	for _, origin := range regions {
		g.Go(func() error { return follow(waiting, running, origin, regions) })
	}
	err := g.Wait()
	if ctx.Err() == nil && errors.Is(err, context.DeadlineExceeded) {
		return false, nil
	}
	return err == nil, err
}

// follow writes a last row in origin and waits for it everywhere.
func follow(ctx context.Context, running Running, origin string, regions []string) error {
	key, value := "last-"+origin, stamp()
	if err := running.Put(ctx, origin, key, value); err != nil {
		return err
	}
	for _, region := range regions {
		if err := arrival(ctx, running, region, key, value); err != nil {
			return err
		}
	}
	return nil
}

func arrival(ctx context.Context, running Running, region, key, value string) error {
	tick := time.NewTicker(pollEvery)
	defer tick.Stop()
	for {
		got, err := running.Get(ctx, region, key)
		if err != nil || got == value {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
	}
}
