package lab

import (
	"context"

	"github.com/urfave/cli/v3"

	"pangea/lab/convergence"
)

const crdtHelp = `Starts a fresh stack below .pangea/bench (yours must be down; its data stays), fires the
same pairs of conflicting writes at profiles, counters, tags and prefs, waits until the
regions agree, and counts what is left of each pair. It exits with 1 if a counter, a set
or an object lost a write or has one twice, if regions differ, or if profiles lost none:
then there was no conflict.

For example: lab crdt, or lab crdt -short`

// crdtCommands are the experiment of what survives a conflict.
func crdtCommands() []*cli.Command {
	return []*cli.Command{{
		Name:        "crdt",
		Usage:       "fire the conflicting writes of lww at every class, and show what each keeps",
		Description: crdtHelp,
		Flags: recordFlags(
			&cli.IntFlag{Name: "pairs", Value: 10_000, Usage: "of writes, for each class"},
			&cli.FloatFlag{Name: "rate", Value: 500, Usage: "pairs per second"},
			runningFlag(),
		),
		Action: withExperiment(runCRDT),
	}}
}

func runCRDT(ctx context.Context, e *experiment) error {
	return e.onGround(ctx, e.stack.Topology(), func(on ground) error {
		found, err := convergence.Measure(ctx, convergence.Config{
			Pairs: either(e, "pairs", e.Int, 500), Rate: e.Float("rate"), Seed: uint64(e.Int("seed")), Progress: e.Root().Writer,
		}, on.world, func(ctx context.Context) error { return e.verify(ctx, on.world) })
		if err != nil {
			return err
		}
		return e.record(convergence.Record(found), "crdt")
	})
}
