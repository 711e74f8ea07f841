package meter

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"sync"
	"time"

	"pangea/region/topology"
)

// Config describes a Meter.
type Config struct {
	// Every is how often counters are read. Defaults to 1 s.
	Every time.Duration

	// Probe is how often each region is probed. Defaults to 100 ms.
	Probe time.Duration

	// Database opens that of a region, for the position of its WAL. Without it nothing
	// is told of WAL.
	Database func(region string) (*sql.DB, error)
}

// Parts are the processes of what is watched.
type Parts interface {
	// PartNames lists them in the order of reports.
	PartNames() []string

	// Pids are those of the parts that are alive, by name, as far as they are on this
	// machine.
	Pids() (map[string]int, error)
}

func (c Config) withDefaults() Config {
	c.Every = cmp.Or(c.Every, time.Second)
	c.Probe = cmp.Or(c.Probe, 100*time.Millisecond)
	return c
}

func (c Config) validate() error {
	if c.Every < 0 || c.Probe < 0 {
		return fmt.Errorf("meter: every %v, probe %v: want more than 0", c.Every, c.Probe)
	}
	return nil
}

// Meter watches a world, and the processes that it is made of. It is safe for concurrent use.
type Meter struct {
	cfg               Config
	world             *topology.Topology
	parts             Parts
	messages, visible trips

	mu      sync.Mutex
	names   []string         // of the processes, in the order of reports
	added   map[int32]string // what is no part
	samples []sample
}

// New validates the configuration; it asks nobody.
func New(cfg Config, world *topology.Topology, parts Parts) (*Meter, error) {
	cfg = cfg.withDefaults()
	if err := cfg.validate(); err != nil {
		return nil, err
	}
	return &Meter{cfg: cfg, world: world, parts: parts, names: parts.PartNames(), added: map[int32]string{}}, nil
}

// Watch adds a process that is no part, such as one that makes load. Of several with one
// name the sum is told.
func (m *Meter) Watch(name string, pid int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if _, known := m.added[int32(pid)]; !known {
		m.names = append(m.names, name)
	}
	m.added[int32(pid)] = name
}

// Run watches until ctx is done, and then returns nil. Reports can be had meanwhile
// and after.
func (m *Meter) Run(ctx context.Context) error {
	sampler, err := newSampler(m.cfg, m.world, m.parts)
	if err != nil {
		return err
	}
	defer sampler.close()
	var probes sync.WaitGroup
	defer probes.Wait()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	for _, r := range m.world.Regions {
		sender, err := newMessenger(m.world, r.Name, &m.messages)
		if err != nil {
			return err
		}
		defer sender.close()
		witness := newWitness(m.world, r, &m.visible)
		defer witness.close()
		probes.Go(func() { every(ctx, m.cfg.Probe, sender.send) })
		probes.Go(func() { every(ctx, m.cfg.Probe, witness.look) })
	}
	m.sample(ctx, sampler)
	return nil
}

// sample reads the counters until ctx is done. What a look cannot tell it leaves out.
func (m *Meter) sample(ctx context.Context, s *sampler) {
	tick := time.NewTicker(m.cfg.Every)
	defer tick.Stop()
	for {
		one := s.look(ctx, m.watched())
		if ctx.Err() != nil {
			return
		}
		m.mu.Lock()
		m.samples = append(m.samples, one)
		m.mu.Unlock()
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// every calls do on time, however long it takes, and waits for those under way.
func every(ctx context.Context, pause time.Duration, do func(context.Context)) {
	var underWay sync.WaitGroup
	defer underWay.Wait()
	tick := time.NewTicker(pause)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			underWay.Go(func() { do(ctx) })
		}
	}
}

func (m *Meter) watched() map[int32]string {
	m.mu.Lock()
	defer m.mu.Unlock()
	watched := map[int32]string{}
	for pid, name := range m.added {
		watched[pid] = name
	}
	return watched
}
