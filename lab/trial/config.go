package trial

import (
	"cmp"
	"fmt"
	"io"
	"time"

	"pangea/gen"
	"pangea/gen/workload"
	"pangea/lab/meter"
	"pangea/lab/wrk"
	"pangea/region/topology"
)

// Config describes a trial.
type Config struct {
	// Rate is the load that is offered to all regions together, in writes per second.
	// Defaults to as fast as answers come.
	Rate float64

	// Duration is how long the load lasts, in whole seconds. Defaults to 30 s.
	Duration time.Duration

	// Load is what it writes. Its targets, rate and duration are set by the trial.
	Load wrk.Config

	// Probe is how many operations per second measure the latency beside the load.
	// Every other one reads. Defaults to 100.
	Probe float64

	// Window is how long one point of the curves of throughput and latency takes.
	// Defaults to 10 s, or less in a short trial.
	Window time.Duration

	// Drain is how long all regions may take to have all, after the load. Defaults to
	// 2 min.
	Drain time.Duration

	// Progress is told how it goes. Defaults to nowhere.
	Progress io.Writer
}

func (c Config) withDefaults() Config {
	c.Duration = cmp.Or(c.Duration, 30*time.Second)
	c.Probe = cmp.Or(c.Probe, 100)
	c.Window = cmp.Or(c.Window, min(10*time.Second, c.Duration/3))
	c.Drain = cmp.Or(c.Drain, 2*time.Minute)
	if c.Progress == nil {
		c.Progress = io.Discard
	}
	return c
}

func (c Config) validate() error {
	switch {
	case c.Rate < 0 || c.Probe < 0:
		return fmt.Errorf("rate %v, probe %v: want no less than 0", c.Rate, c.Probe)
	case c.Duration < 3*time.Second:
		return fmt.Errorf("duration: %v: the lag of less than 3s says nothing", c.Duration)
	case c.Window < 0 || c.Window > c.Duration:
		return fmt.Errorf("window: %v is not within the %v of the load", c.Window, c.Duration)
	case c.Drain < 0:
		return fmt.Errorf("drain: %v: want more than 0", c.Drain)
	}
	return nil
}

// load is that of wrk on the regions themselves.
func (c Config) load(world *topology.Topology) wrk.Config {
	load, regions := c.Load, world.Regions
	load.Targets, load.Duration, load.Rate = nil, c.Duration, c.Rate/float64(len(regions)*max(1, load.Rows))
	for _, r := range regions {
		load.Targets = append(load.Targets, wrk.Target{Name: r.Name, Address: r.HTTP})
	}
	return load
}

// probe is the load of one window that measures the latency. It shares no key with the
// other.
func (c Config) probe(world *topology.Topology) gen.Config {
	return gen.Config{
		Workload: workload.Config{
			Seed: uint64(c.Load.Seed), Keys: 10_000, Zipf: 1.1, Mix: probed(), Reads: 50, Prefix: "probe-",
		},
		Rate: c.Probe, Duration: c.Window, Places: gen.Regions(world),
	}
}

// meter samples a short trial more often: a line needs points.
func (c Config) meter() meter.Config {
	const samples = 60
	const least = 250 * time.Millisecond // a look costs CPU
	return meter.Config{Every: min(max(c.Duration/samples, least), time.Second)}
}
