package trial

import (
	"context"
	"errors"
	"time"

	"golang.org/x/sync/errgroup"

	"pangea/lab/meter"
	"pangea/lab/wrk"
	"pangea/region/topology"
)

// Trial is one load. It is used once.
type Trial struct {
	cfg   Config
	world *topology.Topology
	load  *wrk.Load
	probe *probe
	meter *meter.Meter
}

// New validates the configuration; it sends nothing.
func New(cfg Config, world *topology.Topology, parts meter.Parts) (*Trial, error) {
	cfg = cfg.withDefaults()
	if err := cfg.validate(); err != nil {
		return nil, err
	}
	t := &Trial{cfg: cfg, world: world}
	var err error
	if t.load, err = wrk.New(cfg.load(world)); err != nil {
		return nil, err
	}
	if t.meter, err = meter.New(cfg.meter(), world, parts); err != nil {
		return nil, err
	}
	t.probe, err = newProbe(cfg.probe(world))
	return t, err
}

// Run sends the load and returns what came of it, once it has drained.
func (t *Trial) Run(ctx context.Context) (*Result, error) {
	beside, stop := context.WithCancel(ctx)
	defer stop()
	var watchers errgroup.Group
	started := time.Now()
	watchers.Go(func() error { return t.meter.Run(beside) })
	watchers.Go(func() error { t.probe.run(beside); return nil })
	watchers.Go(func() error { t.showProgress(beside, started); return nil })
	answers, err := t.load.Run(ctx)
	ended := time.Now()
	stop()
	// The probes write too: the drain begins when they have ended.
	if err := errors.Join(err, watchers.Wait()); err != nil {
		return nil, err
	}
	drain, err := t.drain(ctx)
	if err != nil {
		return nil, err
	}
	r := t.result(started, ended, answers)
	r.Drain = drain
	return r, nil
}

// drain is how long it took until all regions had all, and is -1 if they never had.
func (t *Trial) drain(ctx context.Context) (time.Duration, error) {
	limited, cancel := context.WithTimeout(ctx, t.cfg.Drain)
	defer cancel()
	took, err := meter.Drain(limited, t.world)
	if err != nil && ctx.Err() == nil && limited.Err() != nil {
		return -1, nil
	}
	return took, err
}
