package lab

import (
	"context"
	"time"

	"github.com/urfave/cli/v3"

	"pangea/lab/loss"
)

const lossHelp = `Starts a fresh stack below .pangea/bench (yours must be down; its data stays). Then, in
each round: load as of "gen run" on the routers, and a probe that writes to each region;
at a random moment one region is killed, in other rounds destroyed, database and log and
all; a few seconds later it is brought back; when it serves, the load ends, and it waits
for equal vectors and compares digests. Then everything is read back from every region:

   - entries that a survivor had stored at the loss, and their content;
   - writes of every class that were acknowledged with X-Ack: peer, and those that a
     region acknowledged by itself and that was not destroyed after.

Those of former rounds are among them; of those that are a request each, a sample. None
may be missing: it exits with 1 if any is, or if a round had none of a kind to check.
Writes that a destroyed region had acknowledged by itself may be: how many of each
class, and from how long before the loss, is measured.

The same seed takes the same regions at the same moments. A round takes about 20 s, and
at most -limit.

For example: lab loss -rounds 20 -seed 1, or lab loss -short`

// lossCommands are the experiment of lost regions.
func lossCommands() []*cli.Command {
	return []*cli.Command{{
		Name:        "loss",
		Usage:       "kill and destroy regions under load, and check that nothing promised is missing",
		Description: lossHelp,
		Flags: recordFlags(
			&cli.IntFlag{Name: "rounds", Value: 20, Usage: "how many of each fault"},
			&cli.StringSliceFlag{Name: "fault", Value: []string{string(loss.Killed), string(loss.Destroyed)}, Usage: "what happens to a region: killed or destroyed; repeatable"},
			&cli.FloatFlag{Name: "rate", Value: 1000, Usage: "operations per second on the routers"},
			&cli.StringFlag{Name: "region", Usage: "the `REGION` that it happens to", DefaultText: "any"},
			&cli.DurationFlag{Name: "limit", Value: 5 * time.Minute, Usage: "how long a round may take"},
			runningFlag(),
		),
		Action: withExperiment(runLoss),
	}}
}

func runLoss(ctx context.Context, e *experiment) error {
	var due []loss.Config
	for _, fault := range e.StringSlice("fault") {
		cfg := loss.Config{
			Fault: loss.Fault(fault), Rounds: either(e, "rounds", e.Int, 2), Seed: uint64(e.Int("seed")), Rate: either(e, "rate", e.Float, 300),
			Region: e.String("region"), Limit: e.Duration("limit"), Progress: e.Root().Writer,
		}
		if err := cfg.Validate(e.stack.Topology()); err != nil {
			return err
		}
		due = append(due, cfg)
	}
	return e.onGround(ctx, e.stack.Topology(), func(on ground) error {
		findings, err := e.lose(ctx, on, due)
		if err != nil {
			return err
		}
		return e.record(loss.Record(findings), "loss")
	})
}

// lose goes through the faults one after the other, until one leaves a world in which the
// next would not be to blame for what is missing.
func (e *experiment) lose(ctx context.Context, on ground, due []loss.Config) (findings []*loss.Finding, err error) {
	for _, cfg := range due {
		run, err := loss.New(cfg, on.world, e.chaos(on), func(ctx context.Context) error { return e.verify(ctx, on.world) })
		if err != nil {
			return nil, err
		}
		found, err := run.Run(ctx)
		if err != nil {
			return nil, err
		}
		if findings = append(findings, found); !found.Whole() {
			break
		}
	}
	return findings, nil
}
