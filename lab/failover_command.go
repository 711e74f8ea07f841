package lab

import (
	"context"
	"errors"

	"github.com/urfave/cli/v3"

	"pangea/lab/failover"
)

const failoverHelp = `Starts a fresh stack below .pangea/bench (yours must be down; its data stays), and kills eu
under load, again and again at random moments, bringing it back each time. It measures
for how long the clients near it are without an answer. It records every operation, and
compares what clients were told with what the regions hold, as "gen check" does. It exits
with 1 if those clients wait 2 s (p50) or 5 s, if anything contradicts what they were told,
or if the regions differ in the end. It does so with routers that go by the distances of the
topology, and with those that go by what their checks take.

With -running nobody else may write meanwhile: regions that move cannot be compared.

For the loss of a region with its disk, see "lab loss".

For example: lab failover, or lab failover -kills 3`

// failoverCommands are the experiment of a killed region.
func failoverCommands() []*cli.Command {
	return []*cli.Command{{
		Name:        "failover",
		Usage:       "kill eu under load, many times, and measure who is without an answer for how long",
		Description: failoverHelp,
		Flags: recordFlags(
			&cli.IntFlag{Name: "kills", Value: 20, Usage: "how many, with routers of each policy"},
			&cli.FloatFlag{Name: "rate", Value: 500, Usage: "operations per second on all routers"},
			runningFlag(),
		),
		Action: withExperiment(runFailover),
	}}
}

func runFailover(ctx context.Context, e *experiment) error {
	cfg := failover.Config{Kills: either(e, "kills", e.Int, 3), Rate: e.Float("rate"), Seed: uint64(e.Int("seed")), Progress: e.Root().Writer}
	if cfg.Kills < 1 {
		return errors.New("kills: want at least 1")
	}
	var findings []*failover.Finding
	for _, policy := range []string{"static", "measured"} {
		topo := *e.stack.Topology()
		topo.Router.Policy = policy
		err := e.onGround(ctx, &topo, func(on ground) error {
			found, err := failover.Measure(ctx, cfg, e.chaos(on), func(ctx context.Context) error { return e.verify(ctx, on.world) })
			findings = append(findings, found)
			return err
		})
		if err != nil {
			return err
		}
	}
	return e.record(failover.Record(findings, cfg.Rate), "failover")
}
