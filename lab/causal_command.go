package lab

import (
	"context"
	"errors"

	"github.com/urfave/cli/v3"

	"pangea/lab/causal"
	"pangea/lab/results"
)

const causalHelp = `Starts a fresh stack below .pangea/bench (yours must be down; its data stays) in which ap is
near eu and far from us. us writes A; a client in eu reads A and writes B; a client in ap
reads B and then A. It exits with 1 if anyone is shown B without A, or if nobody is once the
causal wait is switched off, with the same pairs: then the reads prove nothing. With
-running only the first is done, and the distances are put back afterwards.

For example: lab causal, or lab causal -short`

// causalCommands are the experiment of causes and effects.
func causalCommands() []*cli.Command {
	return []*cli.Command{{
		Name:        "causal",
		Usage:       "let an effect come before its cause, and read both, with the causal wait and without",
		Description: causalHelp,
		Flags: recordFlags(
			&cli.IntFlag{Name: "pairs", Value: 2000, Usage: "how many, with the wait and without"},
			&cli.FloatFlag{Name: "rate", Value: 40, Usage: "pairs that begin in a second"},
			runningFlag(),
		),
		Action: withExperiment(runCausal),
	}}
}

func runCausal(ctx context.Context, e *experiment) error {
	cfg := causal.Config{Pairs: either(e, "pairs", e.Int, 200), Rate: e.Float("rate"), Seed: uint64(e.Int("seed")), Progress: e.Root().Writer}
	if cfg.Pairs < 1 || !(cfg.Rate > 0) {
		return errors.New("pairs and rate: want at least 1 pair, and more than 0 in a second")
	}
	var findings []*causal.Finding
	for _, wait := range []bool{true, false} {
		err := e.onGround(ctx, causal.World(e.stack.Topology(), wait), func(on ground) error {
			found, err := causal.Measure(ctx, cfg, e.chaos(on), func(ctx context.Context) error { return e.verify(ctx, on.world) })
			findings = append(findings, found)
			return err
		})
		if err != nil {
			return err
		}
	}
	r := causal.Record(findings)
	r.Network = results.NetworkOf(causal.Distances(e.stack.Topology()))
	return e.record(r, "causal")
}
