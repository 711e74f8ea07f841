package lab

import (
	"context"
	"time"

	"github.com/urfave/cli/v3"

	"pangea/lab/soak"
)

const soakHelp = `Starts a fresh stack below .pangea/bench (yours must be down; its data stays), loads
its regions at one rate for a long time, and shows lag per link, writes/s, time to
answer and memory over time. Then it deletes that stack.
With -running it loads what runs.

It exits with 1 unless all of this holds: every write was acknowledged, at the rate;
over the last two thirds the lag of no link rises (its slope is not above 0 within
its 95 % interval), nor the memory of a region by more than 5 %; all regions have
all 2 s after the load; a region takes no more than -memory; their digests are equal.

For example: lab soak, or lab soak -rate 12000 -duration 60m -name soak-12000`

// soakCommands are the experiment of a long run.
func soakCommands() []*cli.Command {
	return []*cli.Command{{
		Name:        "soak",
		Usage:       "load a fresh stack for 30 min, and check that neither lag nor memory rises",
		Description: soakHelp,
		Flags: experimentFlags(
			&cli.FloatFlag{Name: "rate", Value: 8000, Usage: "writes per second on all regions together; 0 for as many as are answered"},
			&cli.DurationFlag{Name: "duration", Value: 30 * time.Minute, Usage: "how long the load lasts, in whole seconds"},
			&cli.FloatFlag{Name: "memory", Value: 300, Usage: "what a region may take, in `MB`"},
			runningFlag(),
		),
		Action: withLoad(runSoak),
	}}
}

func runSoak(ctx context.Context, e *experiment) error {
	return e.onGround(ctx, e.stack.Topology(), func(on ground) error {
		run, err := soak.New(soak.Config{
			Rate: either(e, "rate", e.Float, 1000), Duration: either(e, "duration", e.Duration, 20*time.Second),
			Memory: e.Float("memory") * 1e6, Load: e.load(), Progress: e.Root().Writer,
		}, on.world, on.parts, func(ctx context.Context) error { return e.verify(ctx, on.world) })
		if err != nil {
			return err
		}
		found, err := run.Run(ctx)
		if err != nil {
			return err
		}
		return e.record(found, "soak")
	})
}
