package meter

import (
	"cmp"
	"context"
	"fmt"
	"sync"
	"time"

	"pangea/lab/stack"
)

// Config describes a Meter.
type Config struct {
	// Every is how often counters are read. Defaults to 1 s.
	Every time.Duration

	// Probe is how often each region is probed. Defaults to 50 ms.
	Probe time.Duration
}

func (c Config) withDefaults() Config {
	c.Every = cmp.Or(c.Every, time.Second)
	c.Probe = cmp.Or(c.Probe, 50*time.Millisecond)
	return c
}

func (c Config) validate() error {
	if c.Every < 0 || c.Probe < 0 {
		return fmt.Errorf("meter: every %v, probe %v: want more than 0", c.Every, c.Probe)
	}
	return nil
}

// Meter watches a stack. It is safe for concurrent use.
type Meter struct {
	cfg   Config
	stack *stack.Stack

	mu      sync.Mutex
	watched []watched // what is no part of the stack
}

type watched struct {
	name string
	pid  int
}

// New validates the configuration; it asks nobody.
func New(cfg Config, s *stack.Stack) (*Meter, error) {
	cfg = cfg.withDefaults()
	if err := cfg.validate(); err != nil {
		return nil, err
	}
	return &Meter{cfg: cfg, stack: s}, nil
}

// Watch adds a process that is no part of the stack, such as one that makes load.
func (m *Meter) Watch(name string, pid int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.watched = append(m.watched, watched{name, pid})
}

// Run watches until ctx is done, and then returns nil. Reports can be had meanwhile
// and after.
func (m *Meter) Run(ctx context.Context) error {
	<-ctx.Done()
	return nil
}

// Report tells what was seen between two moments.
func (m *Meter) Report(from, to time.Time) *Report {
	return &Report{From: from, Took: to.Sub(from)}
}
