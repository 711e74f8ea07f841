package lab

import (
	"context"
	"errors"
	"time"

	"github.com/urfave/cli/v3"

	"pangea/lab/failback"
)

const failbackHelp = `Starts a fresh stack below .pangea/bench (yours must be down; its data stays), kills eu under
load, has us and ap change and delete what eu holds, and starts eu again under reads: once
with the readiness guard on, and once with it off. It exits with 1 if a read that eu answers
is stale, or none is without the guard; if anything acknowledged is lost, counts twice or is
resurrected; if the regions differ in the end, or differ from a snapshot that is restored
into an empty database and all logs replayed after it. With -running the guard stays on, and
nothing is restored.

For example: lab failback, or lab failback -short`

// failbackCommands are the experiment of a region that comes back.
func failbackCommands() []*cli.Command {
	return []*cli.Command{{
		Name:        "failback",
		Usage:       "bring a killed region back under load, and look what it shows and what is left",
		Description: failbackHelp,
		Flags: recordFlags(
			&cli.DurationFlag{Name: "away", Value: time.Minute, Usage: "how long it is away"},
			&cli.IntFlag{Name: "subjects", Value: 2000, Usage: "keys of each class that are changed meanwhile"},
			&cli.FloatFlag{Name: "rate", Value: 500, Usage: "operations per second on all routers"},
			runningFlag(),
		),
		Action: withExperiment(runFailback),
	}}
}

func runFailback(ctx context.Context, e *experiment) error {
	cfg := failback.Config{
		Away: either(e, "away", e.Duration, 10*time.Second), Subjects: either(e, "subjects", e.Int, 200),
		Rate: e.Float("rate"), Seed: uint64(e.Int("seed")), Progress: e.Root().Writer,
	}
	if cfg.Away <= 0 || cfg.Subjects < 1 || !(cfg.Rate > 0) {
		return errors.New("away, subjects and rate: want at least 1 subject, and more than 0 of the others")
	}
	var findings []*failback.Finding
	for _, guard := range []bool{true, false} {
		world := *e.stack.Topology()
		if world.Guards.ReadinessOff() == guard {
			world.Guards.Readiness = &guard
		}
		err := e.onGround(ctx, &world, func(on ground) error {
			found, err := failback.Measure(ctx, cfg, e.chaos(on), on.clusters, func(ctx context.Context) error { return e.verify(ctx, on.world) })
			findings = append(findings, found)
			return err
		})
		if err != nil {
			return err
		}
	}
	return e.record(failback.Record(findings, cfg.Rate), "failback")
}
