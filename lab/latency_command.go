package lab

import (
	"context"

	"github.com/urfave/cli/v3"

	"pangea/lab/tax"
)

const latencyHelp = `Starts a fresh stack below .pangea/bench (yours must be down; its data stays), and times
writes from clients of each region, one after the other: profiles, and claims of handles
that each of the regions owns. It exits with 1 if a profile takes 15 ms (p99), if a claim
is faster than the way to its owner and back, or if a link that is made longer does not
show.

For example: lab latency, or lab latency -short`

// latencyCommands are the experiment of what strong consistency costs.
func latencyCommands() []*cli.Command {
	return []*cli.Command{{
		Name:        "latency",
		Usage:       "time local writes against those that an owner far away decides",
		Description: latencyHelp,
		Flags:       recordFlags(&cli.IntFlag{Name: "writes", Value: 1000, Usage: "of each kind, from each region"}, runningFlag()),
		Action:      withExperiment(runLatency),
	}}
}

func runLatency(ctx context.Context, e *experiment) error {
	return e.onGround(ctx, e.stack.Topology(), func(on ground) error {
		found, err := tax.Measure(ctx, tax.Config{
			Writes: either(e, "writes", e.Int, 100), Seed: uint64(e.Int("seed")), Progress: e.Root().Writer,
		}, on.world)
		if err != nil {
			return err
		}
		return e.record(found.Record(), "latency")
	})
}
