package lab

import (
	"context"
	"fmt"

	"github.com/urfave/cli/v3"

	"pangea/lab/lww"
)

const lwwHelp = `Starts a fresh stack below .pangea/bench for each scene (yours must be down; its data
stays), fires the same pairs of writes to one profile at us and eu, and counts which of
them are still there when the regions agree. The scenes differ in the clocks that stamps
come from, in whether one is behind, and in whether the second client had seen the first
write. It exits with 1 if a region keeps another write than the others, if the ledgers
do not account for each loss, or if who had seen a write lost to it under a hybrid
logical clock.

For example: lab lww, or lab lww -short`

// lwwCommands are the experiment of lost updates.
func lwwCommands() []*cli.Command {
	return []*cli.Command{{
		Name:        "lww",
		Usage:       "fire conflicting writes at profiles, and count what last-writer-wins loses",
		Description: lwwHelp,
		Flags: recordFlags(
			&cli.IntFlag{Name: "pairs", Value: 10_000, Usage: "of writes, in each scene"},
			&cli.IntSliceFlag{Name: "scene", Usage: "by its `NUMBER` in the record; repeatable", DefaultText: "all"},
			&cli.FloatFlag{Name: "rate", Value: 500, Usage: "pairs per second"},
			runningFlag(),
		),
		Action: withExperiment(runLWW),
	}}
}

func runLWW(ctx context.Context, e *experiment) error {
	cfg := lww.Config{
		Pairs: either(e, "pairs", e.Int, 500), Rate: e.Float("rate"), Seed: uint64(e.Int("seed")), Progress: e.Root().Writer,
	}
	scenes, err := chosenScenes(e.IntSlice("scene"))
	if err != nil {
		return err
	}
	var findings []*lww.Finding
	for i, scene := range scenes {
		world := scene.World(e.stack.Topology())
		err := e.onGround(ctx, world, func(on ground) error {
			found, err := lww.Measure(ctx, cfg, scene, on.world, func(ctx context.Context) error { return e.verify(ctx, on.world) })
			if err == nil {
				fmt.Fprintf(e.Root().Writer, "%d of %d, %s: %d of %d pairs lost a write, the older won %d times\n",
					i+1, len(scenes), scene.Name, found.Booked.Lost(), found.Report.Pairs, found.Report.OlderWon)
				findings = append(findings, found)
			}
			return err
		})
		if err != nil {
			return err
		}
	}
	return e.record(lww.Record(findings), "lww")
}

func chosenScenes(numbers []int) (chosen []lww.Scene, err error) {
	all := lww.Scenes()
	if len(numbers) == 0 {
		return all, nil
	}
	for _, n := range numbers {
		if n < 1 || n > len(all) {
			return nil, fmt.Errorf("scene: there is no number %d: use 1 to %d", n, len(all))
		}
		chosen = append(chosen, all[n-1])
	}
	return chosen, nil
}
