package ryw

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"

	"pangea/lab/progress"
	"pangea/region/topology"
)

// Config describes a measurement.
type Config struct {
	Writes   int // of each client
	Seed     uint64
	Progress io.Writer
}

// Mode is where a client reads, and what it sends along.
type Mode string

// The modes of a client.
const (
	Pinned  Mode = "pinned to its region"
	Hopping Mode = "reading from another region"
	Vector  Mode = "reading from another region, with the vector of its write"
)

// Count is what the clients of a mode saw.
type Count struct {
	Mode    Mode   `json:"mode"`
	Reads   int    `json:"reads"`
	Stale   [4]int `json:"stale"`   // did not show the client's own write: of profiles, counters, tags, prefs
	Back    int    `json:"back"`    // showed less than an earlier read of the same client
	Refused int    `json:"refused"` // the region was not there yet, and said so
	Failed  int    `json:"failed"`  // writes or reads without a good answer
}

// stale is of all classes.
func (c *Count) stale() (sum int) {
	for _, n := range c.Stale {
		sum += n
	}
	return sum
}

// Missed is how many reads showed less than the client had written or read before.
func (c *Count) Missed() int { return c.stale() + c.Back }

func (c *Count) add(o Count) {
	c.Reads += o.Reads
	for i, n := range o.Stale {
		c.Stale[i] += n
	}
	c.Back += o.Back
	c.Refused += o.Refused
	c.Failed += o.Failed
}

// Finding is what all modes showed, in their order.
type Finding struct {
	Counts []Count `json:"counts"`
}

// Measure runs a client of each mode for every pair of regions, on a stack that others may
// load.
func Measure(ctx context.Context, cfg Config, world *topology.Topology) (*Finding, error) {
	f := &Finding{}
	for i, mode := range []Mode{Pinned, Hopping, Vector} {
		clients := len(world.Regions) * (len(world.Regions) - 1)
		bar := progress.Start(cfg.Progress, "clients "+string(mode), clients*cfg.Writes)
		count, err := measure(ctx, cfg, mode, fmt.Sprintf("ryw-%d-%d", cfg.Seed, i), world, bar.Step)
		bar.End()
		if err != nil {
			return nil, err
		}
		f.Counts = append(f.Counts, count)
	}
	return f, ctx.Err()
}

// measure runs the clients of a mode side by side, and tells each step.
func measure(ctx context.Context, cfg Config, mode Mode, keys string, world *topology.Topology, step func()) (Count, error) {
	var (
		mu      sync.Mutex
		sum     = Count{Mode: mode}
		failure error
		running sync.WaitGroup
	)
	for _, home := range world.Regions {
		for _, away := range world.Regions {
			if home.Name == away.Name {
				continue
			}
			running.Go(func() {
				read := away
				if mode == Pinned {
					read = home
				}
				s, err := newSession(home, read, keys+"-"+home.Name+"-"+away.Name)
				if err == nil {
					defer s.close()
					for i := 0; i < cfg.Writes && ctx.Err() == nil; i++ {
						s.writeAndRead(i, mode == Vector)
						step()
					}
				}
				mu.Lock()
				defer mu.Unlock()
				failure = errors.Join(failure, err)
				if err == nil {
					sum.add(s.count)
				}
			})
		}
	}
	running.Wait()
	return sum, failure
}
