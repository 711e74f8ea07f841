package lab

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/urfave/cli/v3"

	"pangea/gen/workload"
	"pangea/lab/bench"
	"pangea/lab/stack"
)

const benchHelp = `Starts a fresh stack in .pangea/bench, with the latency matrix on, and loads it from one
process: straight at the regions and then by the routers, in each round. Prints one
table: rates, latencies, visibility lag of each link, CPU, memory and bytes. The fresh
stack is deleted at the end; that of "task up" must be down, and its data stays.

Reads count into -rate: the default is 3,000 writes/s with 3,000 reads/s.

It takes a minute, and two runs of -duration each round. Ctrl-C ends it with a report of
the runs so far. Let nothing else run on the machine meanwhile.

Examples:
   lab bench -json bench.json
   lab bench -rate 10000 -rounds 5
   lab bench -reads 0 -mix counter=1 -duration 60s`

// benchCommands measure.
func benchCommands() []*cli.Command {
	return []*cli.Command{{
		Name:        "bench",
		Usage:       "measure latency, lag and cost of a load on a fresh stack",
		Description: benchHelp,
		Flags: []cli.Flag{
			&cli.FloatFlag{Name: "rate", Value: 6000, Usage: "operations per second of all regions together, reads included"},
			&cli.IntFlag{Name: "reads", Value: 50, Usage: "percentage of the operations that read"},
			&cli.StringFlag{Name: "mix", Value: workload.DefaultMix, Usage: "shares of counter, profile, tags, prefs and handle"},
			&cli.Uint64Flag{Name: "keys", Usage: "keys per class", DefaultText: "10,000,000"},
			&cli.DurationFlag{Name: "duration", Usage: "how long one run lasts", DefaultText: "20s"},
			&cli.IntFlag{Name: "rounds", Value: 3, Usage: "how often each way is measured"},
			&cli.Uint64Flag{Name: "seed", Value: 1, Usage: "what the operations follow from"},
			&cli.StringFlag{Name: "json", Usage: "`FILE` to leave all figures in"},
		},
		Action: withStack(runBench),
	}}
}

func runBench(ctx context.Context, c *cli.Command, s *stack.Stack) error {
	out := c.Root().Writer
	b, err := bench.New(bench.Config{
		Rate: c.Float("rate"), Reads: c.Int("reads"), Mix: c.String("mix"), Keys: c.Uint64("keys"),
		Duration: c.Duration("duration"), Rounds: c.Int("rounds"), Seed: c.Uint64("seed"), Progress: out,
	})
	if err != nil {
		return err
	}
	file, err := figures(c.String("json"))
	if err != nil {
		return err
	}
	defer file.Close()
	var report *bench.Report
	e := &experiment{Command: c, stack: s}
	err = e.onFresh(ctx, func(fresh *stack.Stack) (err error) {
		if report, err = b.Run(ctx, fresh); err != nil {
			return err
		}
		return e.verify(ctx, fresh.Topology())
	})
	if report == nil {
		return err
	}
	report.Machine.Commit = cmp.Or(report.Machine.Commit, commit(context.WithoutCancel(ctx), c.String("root")))
	report.Command = strings.Join(append([]string{filepath.Base(os.Args[0])}, os.Args[1:]...), " ")
	report.Print(out)
	if wrote := json.NewEncoder(file).Encode(report); wrote != nil {
		return errors.Join(err, fmt.Errorf("write %s: %w", file.Name(), wrote))
	}
	return err
}

// figures opens the file for them before hours are spent on them.
func figures(path string) (*os.File, error) {
	if path == "" {
		path = os.DevNull
	}
	return os.Create(path)
}
