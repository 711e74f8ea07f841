package tax

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"

	"pangea/chaos/links"
	"pangea/gen/client"
	"pangea/lab/progress"
	"pangea/region/topology"
)

// Config describes a measurement.
type Config struct {
	Writes   int // of each kind, from each region
	Seed     uint64
	Progress io.Writer
}

// Kind is who decides a write.
type Kind struct {
	Region string `json:"region"` // of the client
	Owner  string `json:"owner"`  // of the handle; empty for a profile
}

// Cost is how long the writes of a kind took.
type Cost struct {
	Kind
	RTT    time.Duration `json:"rtt_ns"` // to the owner
	Count  int64         `json:"count"`
	Failed int           `json:"failed"`
	P50    time.Duration `json:"p50_ns"`
	P99    time.Duration `json:"p99_ns"`
	Max    time.Duration `json:"max_ns"`
}

// Finding is the costs of all kinds, and what became of one when its link was longer.
type Finding struct {
	Costs   []Cost  `json:"costs"`
	Stretch Stretch `json:"stretch"`
}

// Stretch is one link made longer by By: what crosses it, and what does not.
type Stretch struct {
	By      time.Duration `json:"by_ns"`
	Across  Cost          `json:"across"`
	Profile Cost          `json:"profile"`
}

const (
	timeout = 10 * time.Second
	longest = time.Minute
	// warm is how many writes are not timed, while connections are made and plans too.
	warm = 20
	// pause lies between two writes of a client.
	pause = 10 * time.Millisecond
)

// Measure sends the writes to a stack that nobody else loads.
func Measure(ctx context.Context, cfg Config, world *topology.Topology) (*Finding, error) {
	m := &measurement{cfg: cfg, world: world}
	kinds := m.kinds()
	costs, err := m.all(ctx, kinds, cfg.Writes)
	if err != nil {
		return nil, err
	}
	f := &Finding{Costs: costs}
	f.Stretch, err = m.stretch(ctx)
	return f, err
}

type measurement struct {
	cfg   Config
	world *topology.Topology
	names atomic.Int64
}

func (m *measurement) kinds() []Kind {
	var kinds []Kind
	for _, name := range m.world.Names() {
		kinds = append(kinds, Kind{Region: name})
		for _, owner := range m.world.Names() {
			kinds = append(kinds, Kind{Region: name, Owner: owner})
		}
	}
	return kinds
}

// writes is how many there are for n handles.
func (k Kind) writes(n int) int {
	if k.Owner == "" {
		return 10 * n // they take no longer, and their p99 is claimed
	}
	return n
}

// all measures the kinds side by side.
func (m *measurement) all(ctx context.Context, kinds []Kind, writes int) ([]Cost, error) {
	total := 0
	for _, kind := range kinds {
		total += warm + kind.writes(writes)
	}
	bar := progress.Start(m.cfg.Progress, "writes", total)
	defer bar.End()
	costs := make([]Cost, len(kinds))
	errs := make([]error, len(kinds))
	var running sync.WaitGroup
	for i, kind := range kinds {
		running.Go(func() { costs[i], errs[i] = m.one(ctx, kind, kind.writes(writes), bar.Step) })
	}
	running.Wait()
	for _, err := range errs {
		if err != nil {
			return nil, err
		}
	}
	return costs, ctx.Err()
}

// one sends writes of one kind, one after the other, and tells each step.
func (m *measurement) one(ctx context.Context, kind Kind, writes int, step func()) (Cost, error) {
	r, err := m.world.Region(kind.Region)
	if err != nil {
		return Cost{}, err
	}
	c, err := client.New("http://"+r.HTTP, timeout)
	if err != nil {
		return Cost{}, err
	}
	defer c.Close()
	cost := Cost{Kind: kind, RTT: m.world.Distance(kind.Region, kind.Owner)}
	times := hdrhistogram.New(1, longest.Microseconds(), 3)
	tick := time.NewTicker(pause)
	defer tick.Stop()
	for i := -warm; i < writes && ctx.Err() == nil; i++ {
		step()
		name := m.name(kind)
		sent := time.Now()
		answer, err := c.Do(request(kind, name), nil)
		if err != nil || answer.Status/100 != 2 {
			cost.Failed++
		} else if i < 0 {
			continue
		} else if err := times.RecordValue(time.Since(sent).Microseconds()); err != nil {
			return cost, err
		}
		<-tick.C
	}
	cost.Count = times.TotalCount()
	cost.P50, cost.P99, cost.Max = quantile(times, 50), quantile(times, 99), time.Duration(times.Max())*time.Microsecond
	return cost, nil
}

func quantile(h *hdrhistogram.Histogram, q float64) time.Duration {
	return time.Duration(h.ValueAtQuantile(q)) * time.Microsecond
}

// name is a key that nobody else uses, of a handle one whose shard the owner has.
func (m *measurement) name(kind Kind) string {
	for {
		name := fmt.Sprintf("tax-%d-%d", m.cfg.Seed, m.names.Add(1))
		if kind.Owner == "" || m.world.Handles.Owner(name) == kind.Owner {
			return name
		}
	}
}

func request(kind Kind, name string) client.Request {
	if kind.Owner == "" {
		return client.Request{Method: http.MethodPut, Path: "/profile/" + name, Body: []byte(`{"name":"Ada"}`)}
	}
	return client.Request{Method: http.MethodPut, Path: "/handle/" + name, Body: []byte(`{"claimant":"user:1"}`)}
}

// stretch makes the first link longer, and measures what crosses it and what does not.
func (m *measurement) stretch(ctx context.Context) (s Stretch, err error) {
	a, b := m.world.Names()[0], m.world.Names()[1]
	s.By = 100 * time.Millisecond
	network := links.Open(m.world)
	fmt.Fprintf(m.cfg.Progress, "%s and %s %v further apart\n", a, b, s.By)
	if err := network.Latency(ctx, a, b, m.world.Distance(a, b)+s.By, m.world.Jitter); err != nil {
		return s, err
	}
	costs, err := m.all(ctx, []Kind{{Region: a, Owner: b}, {Region: a}}, max(20, m.cfg.Writes/10))
	if err != nil {
		return s, err
	}
	s.Across, s.Profile = costs[0], costs[1]
	return s, network.ResetLatency(context.WithoutCancel(ctx))
}
