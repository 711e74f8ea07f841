package lab

import (
	"context"
	"time"

	"github.com/urfave/cli/v3"

	"pangea/lab/catchup"
	"pangea/lab/stack"
)

const catchUpHelp = `Starts a fresh stack below .pangea/bench (yours must be down; its data stays), without
the relay, which would carry a log around a cut. In each round it cuts the link by
which one region reads the log of another, writes to that other one alone, heals the
link when nobody writes any more, and measures how fast what is missing is applied: from
the heal on, and without the time until anything came. Then it deletes that stack.

It exits with 1 unless all of this holds: every write was acknowledged, at the rate; the
median round applies 30,000 events/s from the heal on; the regions are equal in the end.
Nothing is claimed of the speed with fewer than 300,000 writes, as with -short: the time
that a link takes to come up weighs too much in it.

With the defaults it takes about 35 minutes.

For example: lab catchup, or lab catchup -from ap -to us -duration 2m`

// catchUpCommands are the experiment of a link that was cut.
func catchUpCommands() []*cli.Command {
	return []*cli.Command{{
		Name:        "catchup",
		Usage:       "cut a link of a fresh stack under load, and measure how fast it catches up",
		Description: catchUpHelp,
		Flags: experimentFlags(
			&cli.StringFlag{Name: "from", Value: "us", Usage: "the `REGION` that is written to"},
			&cli.StringFlag{Name: "to", Value: "eu", Usage: "the `REGION` that cannot read its log meanwhile"},
			&cli.FloatFlag{Name: "rate", Value: 3000, Usage: "writes per second while the link is cut"},
			&cli.DurationFlag{Name: "duration", Value: 10 * time.Minute, Usage: "how long that is, in whole seconds"},
			&cli.IntFlag{Name: "rounds", Value: 3, Usage: "how often that is done"},
		),
		Action: withLoad(runCatchUp),
	}}
}

func runCatchUp(ctx context.Context, e *experiment) error {
	world := catchup.World(e.stack.Topology())
	run, err := catchup.New(catchup.Config{
		From: e.String("from"), To: e.String("to"),
		Rate: either(e, "rate", e.Float, 300), Duration: either(e, "duration", e.Duration, 5*time.Second),
		Rounds: either(e, "rounds", e.Int, 1), Load: e.load(), Progress: e.Root().Writer,
	}, world)
	if err != nil {
		return err
	}
	return e.onFreshWorld(ctx, world, func(fresh *stack.Stack) error {
		found, err := run.Run(ctx, fresh.Database, func(ctx context.Context) error { return e.verify(ctx, fresh.Topology()) })
		if err != nil {
			return err
		}
		return e.record(found, "catchup")
	})
}
