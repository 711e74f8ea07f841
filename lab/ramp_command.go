package lab

import (
	"context"
	"time"

	"github.com/urfave/cli/v3"

	"pangea/lab/ramp"
)

const rampHelp = `Starts a fresh stack below .pangea/bench (yours must be down; its data stays), and
raises the load on its regions step by step, up to as many writes as they answer. It
shows the lag of each link against the rate, and the knee of each: the highest rate
before the first step at which its lag grew. Then it deletes that stack.
With -running it loads what runs.

It exits with 1 if a lag grows at the lowest rate already, if a write is not
acknowledged, if what is missing after a step never arrives, or if the regions
differ in the end.

For example: lab lag, or lab lag -rates 1000,4000,16000 -rounds 1`

// rampCommands are the experiment of lag under load.
func rampCommands() []*cli.Command {
	return []*cli.Command{{
		Name:        "lag",
		Usage:       "raise the load on a fresh stack, and find where the lag of each link grows",
		Description: rampHelp,
		Flags: experimentFlags(
			&cli.FloatSliceFlag{
				Name: "rates", Usage: "writes per second of each step, on all regions together",
				Value: []float64{1000, 2000, 3000, 4000, 6000, 8000, 10000, 12000, 14000, 16000, 18000, 20000},
			},
			&cli.DurationFlag{Name: "step", Value: 30 * time.Second, Usage: "how long each lasts, in whole seconds"},
			&cli.IntFlag{Name: "rounds", Value: 3, Usage: "how often the ramp is climbed"},
			runningFlag(),
		),
		Action: withLoad(runRamp),
	}}
}

func runRamp(ctx context.Context, e *experiment) error {
	return e.onGround(ctx, e.stack.Topology(), func(on ground) error {
		run, err := ramp.New(ramp.Config{
			Rates: either(e, "rates", e.FloatSlice, []float64{500, 1500}), Step: either(e, "step", e.Duration, 6*time.Second),
			Rounds: either(e, "rounds", e.Int, 1), Load: e.load(), Progress: e.Root().Writer,
		}, on.world, on.parts, func(ctx context.Context) error { return e.verify(ctx, on.world) })
		if err != nil {
			return err
		}
		found, err := run.Run(ctx)
		if err != nil {
			return err
		}
		return e.record(found, "lag")
	})
}
