package bench

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"pangea/gen"
	"pangea/gen/measure"
	"pangea/lab/meter"
	"pangea/lab/results"
	"pangea/lab/stack"
)

// Way is how the load gets to the regions.
type Way string

// The ways.
const (
	Straight Way = "straight"
	Routed   Way = "by the routers"
)

// Ways are all of them, in the order of a round.
func Ways() []Way { return []Way{Straight, Routed} }

// Run is what one load led to.
type Run struct {
	Round int             `json:"round"`
	Way   Way             `json:"way"`
	Load  *measure.Report `json:"load"`
	Cost  *meter.Report   `json:"cost"`
	Drain time.Duration   `json:"drain_ns"` // from the last answer until all regions have all
	Op    time.Duration   `json:"gen_ns"`   // CPU of an operation in the generator
}

// Bench is one. It is used once.
type Bench struct {
	cfg   Config
	stack *stack.Stack // from Run on
	meter *meter.Meter
	first bool // the generator had the processor first
}

// New validates the configuration; it sends nothing.
func New(cfg Config) (*Bench, error) {
	cfg = cfg.withDefaults()
	if err := cfg.validate(); err != nil {
		return nil, err
	}
	return &Bench{cfg: cfg}, nil
}

// warmUp fills caches and connections, and is not reported.
const warmUp = 5 * time.Second

// Run goes through the rounds on a stack that is up and nobody else's. The report is of
// the runs that were completed; the error says why there are no more of them.
func (b *Bench) Run(ctx context.Context, s *stack.Stack) (*Report, error) {
	report := &Report{
		Config: b.cfg, Started: time.Now(), Machine: gen.ThisMachine(), Network: results.NetworkOf(s.Topology()),
	}
	var err error
	if b.meter, err = meter.New(meter.Config{Database: s.Database}, s.Topology(), s); err != nil {
		return report, err
	}
	b.stack = s
	b.meter.Watch("lab", os.Getpid())
	ctx, cancel := context.WithCancel(ctx)
	metering := make(chan error, 1)
	go func() {
		metering <- b.meter.Run(ctx)
		cancel() // without it, there is nothing to tell
	}()
	err = b.rounds(ctx, report)
	report.First = b.first
	cancel()
	return report, errors.Join(<-metering, err)
}

func (b *Bench) rounds(ctx context.Context, report *Report) error {
	fmt.Fprintf(b.cfg.Progress, "warming up for %v\n", warmUp)
	if _, err := b.load(ctx, Straight, 0, warmUp); err != nil {
		return err
	}
	for round := range b.cfg.Rounds {
		for _, way := range Ways() {
			run, err := b.run(ctx, round+1, way)
			if err != nil {
				return fmt.Errorf("round %d, %s: %w", round+1, way, err)
			}
			report.Runs = append(report.Runs, run)
			fmt.Fprintln(b.cfg.Progress, run)
		}
	}
	return nil
}

// drainWithin bounds the wait for equal regions after a run.
const drainWithin = 2 * time.Minute

func (b *Bench) run(ctx context.Context, round int, way Way) (*Run, error) {
	fmt.Fprintf(b.cfg.Progress, "round %d of %d, %s: %g operations/s for %v\n", round, b.cfg.Rounds, way, b.cfg.Rate, b.cfg.Duration)
	result, err := b.load(ctx, way, round, b.cfg.Duration)
	if err != nil {
		return nil, err
	}
	draining, cancel := context.WithTimeout(ctx, drainWithin)
	defer cancel()
	drain, err := meter.Drain(draining, b.stack.Topology())
	if err != nil {
		return nil, err
	}
	from := result.Started
	return &Run{
		Round: round, Way: way, Load: result.Report, Drain: drain, Op: result.PerOperation(),
		Cost: b.meter.Report(from, from.Add(result.Elapsed)),
	}, nil
}

// String is one line.
func (r *Run) String() string {
	return fmt.Sprintf("  %.0f operations/s answered, write p99 %.1f ms, all regions equal after %.2fs",
		r.Load.Total.PerSecond, r.Load.Writes.P99.Seconds()*1000, r.Drain.Seconds())
}
