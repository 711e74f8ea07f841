package lab

import (
	"context"

	"github.com/urfave/cli/v3"

	"pangea/lab/ryw"
)

const rywHelp = `Starts a fresh stack below .pangea/bench (yours must be down; its data stays). Clients
write, and read what they wrote at once: in their region, in another one, and in another
one with the version vector of the write sent along. It exits with 1 if the first or the
last ever miss their own write, or if the second never do: then the reads prove nothing.

For example: lab ryw, or lab ryw -short`

// rywCommands are the experiment of sessions.
func rywCommands() []*cli.Command {
	return []*cli.Command{{
		Name:        "ryw",
		Usage:       "read one's own writes, pinned to a region and hopping between two",
		Description: rywHelp,
		Flags:       recordFlags(&cli.IntFlag{Name: "writes", Value: 2000, Usage: "of each client, of which there are two in a region"}, runningFlag()),
		Action:      withExperiment(runRYW),
	}}
}

func runRYW(ctx context.Context, e *experiment) error {
	return e.onGround(ctx, e.stack.Topology(), func(on ground) error {
		found, err := ryw.Measure(ctx, ryw.Config{
			Writes: either(e, "writes", e.Int, 200), Seed: uint64(e.Int("seed")), Progress: e.Root().Writer,
		}, on.world)
		if err != nil {
			return err
		}
		return e.record(found.Record(), "ryw")
	})
}
