package lab

import (
	"context"
	"time"

	"github.com/urfave/cli/v3"

	"pangea/lab/split"
)

const partitionHelp = `Starts a fresh stack below .pangea/bench (yours must be down; its data stays), cuts us and
eu off from each other while both take writes to the same keys, and heals the link: once
with the relay off, once on. It measures how long the regions take to have all again, and
counts what is left of each pair of writes. It exits with 1 if a side refuses a write, if
keys differ, if a counter, a set or an object lost one, if the ledgers do not account for
what profiles lost, or if it takes more than 3 s.

For example: lab partition, or lab partition -short`

// partitionCommands are the experiment of a cut.
func partitionCommands() []*cli.Command {
	return []*cli.Command{{
		Name:        "partition",
		Usage:       "cut us and eu apart under conflicting writes, heal, and measure how they converge",
		Description: partitionHelp,
		Flags: recordFlags(
			&cli.DurationFlag{Name: "cut", Value: time.Minute, Usage: "how long the two are apart"},
			&cli.FloatFlag{Name: "rate", Value: 1000, Usage: "writes per second on both"},
			runningFlag(),
		),
		Action: withExperiment(runPartition),
	}}
}

func runPartition(ctx context.Context, e *experiment) error {
	cfg := split.Config{
		Cut: either(e, "cut", e.Duration, 12*time.Second), Rate: e.Float("rate"), Seed: uint64(e.Int("seed")), Progress: e.Root().Writer,
	}
	var findings []*split.Finding
	for _, relay := range []bool{false, true} {
		world := *e.stack.Topology()
		world.Relay.Enabled = relay
		err := e.onGround(ctx, &world, func(on ground) error {
			found, err := split.Measure(ctx, cfg, on.world, func(ctx context.Context) error { return e.verify(ctx, on.world) })
			findings = append(findings, found)
			return err
		})
		if err != nil {
			return err
		}
	}
	return e.record(split.Record(findings, e.stack.Topology().Relay.After), "partition")
}
