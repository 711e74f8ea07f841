package catchup

import (
	"context"
	"fmt"
	"sync"
	"time"

	"pangea/chaos/links"
	"pangea/lab/trend"
	"pangea/lab/wrk"
)

const (
	lookEvery = 100 * time.Millisecond
	tellEvery = 10 * time.Second
	// still is how long a log must not have grown to be at rest.
	still = time.Second
	// restWithin and drainWithin bound the waits; the latter is longer after a long load.
	restWithin, drainWithin = 2 * time.Minute, 2 * time.Minute
)

// Round is one backlog, and how it was caught up with.
type Round struct {
	Load    wrk.Result `json:"load"`
	Entries uint64     `json:"backlog_entries"`
	Events  uint64     `json:"backlog_events"`
	Missing course     `json:"missing"` // events, after the heal
}

// speed is how many events were applied in each second after the heal.
func (r *Round) speed() float64 { return float64(r.Events) / r.Missing.took() }

// flow is the same without the time in which nothing came yet.
func (r *Round) flow() float64 { return float64(r.Events) / (r.Missing.took() - r.Missing.idle()) }

// round cuts the link, lets a backlog grow behind it, and heals it.
func (c *CatchUp) round(ctx context.Context, number int) (*Round, error) {
	from, to := c.cfg.From, c.cfg.To
	had, err := c.log.in(ctx, to)
	if err != nil {
		return nil, err
	}
	if err := c.network.Partition(ctx, from, to, links.OneWay, links.Refuse); err != nil {
		return nil, err
	}
	r := &Round{}
	if r.Load, err = c.write(ctx, number, had); err != nil {
		return nil, err
	}
	c.tell(number, "%.0f writes/s for %v; waiting until %s is at rest", r.Load.WritesPerSecond(), c.cfg.Duration, from)
	head, err := c.rest(ctx)
	if err != nil {
		return nil, err
	}
	if head == had {
		return nil, fmt.Errorf("%s has committed nothing of the load", from)
	}
	at, err := c.log.in(ctx, to)
	if err != nil {
		return nil, err
	}
	if at != had {
		return nil, fmt.Errorf("%d events of %s reached %s while the link was cut: the figure would not be of one link", at.events-had.events, from, to)
	}
	r.Entries, r.Events = head.entries-had.entries, head.events-had.events
	c.tell(number, "%s lacks %d events in %d entries; healing the link", to, r.Events, r.Entries)
	r.Missing, err = c.drain(ctx, number, head, r.Events)
	return r, err
}

// write runs the load, and tells how the backlog grows.
func (c *CatchUp) write(ctx context.Context, number int, had reach) (wrk.Result, error) {
	load, err := c.load(number)
	if err != nil {
		return wrk.Result{}, err
	}
	c.tell(number, "%s no longer reads %s, to which %.0f writes/s go for %v", c.cfg.To, c.cfg.From, c.cfg.Rate, c.cfg.Duration)
	loading, stop := context.WithCancel(ctx)
	var telling sync.WaitGroup
	telling.Go(func() { c.tellGrowth(loading, number, had) })
	results, err := load.Run(ctx)
	stop()
	telling.Wait()
	if err != nil {
		return wrk.Result{}, err
	}
	return results[0], nil
}

// tellGrowth ends with ctx.
func (c *CatchUp) tellGrowth(ctx context.Context, number int, had reach) {
	tick := time.NewTicker(tellEvery)
	defer tick.Stop()
	for start := time.Now(); ; {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		if head, err := c.log.in(ctx, c.cfg.From); err == nil {
			c.tell(number, "%v of %v: %s lacks %d events", time.Since(start).Round(time.Second), c.cfg.Duration, c.cfg.To, head.events-had.events)
		}
	}
}

// rest waits until the log no longer grows, and all but the region that is cut off have
// all of it. It returns its end.
func (c *CatchUp) rest(ctx context.Context) (head reach, err error) {
	limited, cancel := context.WithTimeout(ctx, restWithin)
	defer cancel()
	var since time.Time
	err = poll(limited, func() (bool, error) {
		now, err := c.log.in(limited, c.cfg.From)
		if err != nil || now != head {
			head, since = now, time.Now()
			return false, err
		}
		if time.Since(since) < still {
			return false, nil
		}
		return c.everywhere(limited, head)
	})
	if limited.Err() != nil && ctx.Err() == nil {
		err = fmt.Errorf("the log of %s is not at rest, or not everywhere else, %v after the load", c.cfg.From, restWithin)
	}
	return head, err
}

// everywhere reports whether all but the region that is cut off have all of the log.
func (c *CatchUp) everywhere(ctx context.Context, head reach) (bool, error) {
	for _, name := range c.world.Peers(c.cfg.From) {
		if name == c.cfg.To {
			continue
		}
		if at, err := c.log.in(ctx, name); err != nil || at != head {
			return false, err
		}
	}
	return true, nil
}

// drain heals the link, and looks how much of the backlog is missing until nothing is.
func (c *CatchUp) drain(ctx context.Context, number int, head reach, backlog uint64) (course, error) {
	limit := max(drainWithin, c.cfg.Duration)
	limited, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	missing, healed := backlog, time.Now()
	seen, told := course{{At: 0, Value: float64(backlog)}}, healed
	if err := c.network.Heal(ctx, c.cfg.From, c.cfg.To); err != nil {
		return nil, err
	}
	err := poll(limited, func() (bool, error) {
		at, err := c.log.in(limited, c.cfg.To)
		if err != nil {
			return false, err
		}
		missing = head.events - min(head.events, at.events)
		seen = append(seen, trend.Point{At: time.Since(healed).Seconds(), Value: float64(missing)})
		if time.Since(told) >= tellEvery {
			told = time.Now()
			c.tell(number, "%v after the heal %s lacks %d of %d events", told.Sub(healed).Round(time.Second), c.cfg.To, missing, backlog)
		}
		return missing == 0, nil
	})
	if limited.Err() != nil && ctx.Err() == nil {
		err = fmt.Errorf("%s still lacks %d of %d events %v after the link was healed", c.cfg.To, missing, backlog, limit)
	}
	return seen, err
}

// poll asks each 100 ms, until the answer is yes or ctx is done.
func poll(ctx context.Context, ask func() (bool, error)) error {
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	for {
		if yes, err := ask(); yes || err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
	}
}
