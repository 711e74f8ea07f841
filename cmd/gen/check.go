package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/schollz/progressbar/v3"
	"github.com/urfave/cli/v3"
	"golang.org/x/term"

	"pangea/gen"
	"pangea/gen/check"
	"pangea/gen/tally"
)

const checkHelp = `Compares what the regions hold with what the clients of runs were told, and exits with
1 if anything contradicts that.

RUN is the folder of a recorded run (gen run -record), or its history. Once the regions
are equal, each operation of it is judged: no acknowledged increment, tag or value lost,
none doubled, none back that was removed; own writes read, no read back in time, no effect
before its cause, handles linearizable, and the books of the regions balanced. For each of
these it says how many operations it rests on, and shows the first that contradict it.
Handles with too many operations at once may stay undecided: it says so, and exits with 1
too. "gen self-test" shows that it finds what it is to find.

A region that lost its disks meanwhile (chaos destroy) has lost what only it had stored.
X-Ack: local permits that, and this check does not know: it calls it lost, what clients
were shown there before gone back, and the books wrong.

RUN may also be results of runs that were not recorded; without any, all results in -out.
Of these it knows the sums of the counters: each must lie in [acknowledged, acknowledged +
unanswered], lower by the decrements left unanswered, and be the same everywhere. Runs
of one seed (or -prefix) on one stack share their keys: a value above its interval
may mean that the result of another run is missing here, one below it that the
stack was cleaned since.

Examples:
   gen check /tmp/run
   gen check
   gen check .pangea/gen/run-1-20260102T030405.000.json`

func checkCommand() *cli.Command {
	return &cli.Command{
		Name:        "check",
		Usage:       "compare what the regions hold with what the clients of runs were told",
		Description: checkHelp,
		ArgsUsage:   "[RUN…]",
		Flags: []cli.Flag{
			&cli.DurationFlag{Name: "wait", Value: 15 * time.Second, Usage: "how long the regions may take to become equal, and right"},
			&cli.IntFlag{Name: "concurrency", Value: 16, Usage: "keys read at once"},
			&cli.StringSliceFlag{Name: "target", Usage: "base URL to read from instead of the regions; repeatable"},
			outFlag(),
			topologyFlag(),
		},
		Action: runCheck,
	}
}

func runCheck(ctx context.Context, cmd *cli.Command) error {
	if cmd.IsSet("out") && cmd.Args().Present() {
		return errors.New("-out is where results are looked for if no RUN is named: leave out one of the two")
	}
	regions := targetEndpoints(cmd.StringSlice("target"))
	if len(regions) == 0 {
		top, err := world(cmd)
		if err != nil {
			return err
		}
		regions = gen.Regions(top)
	}
	recorded := slices.ContainsFunc(cmd.Args().Slice(), isHistory)
	switch {
	case recorded && cmd.NArg() > 1:
		return errors.New("a history is checked alone: name one")
	case recorded:
		return checkHistory(ctx, cmd, regions)
	}
	return checkCounters(ctx, cmd, regions)
}

// checkCounters compares the counters with the results of runs.
func checkCounters(ctx context.Context, cmd *cli.Command, regions []gen.Endpoint) error {
	sums, err := readTallies(cmd)
	if err != nil {
		return err
	}
	show, finish := bar("reading counters")
	c, err := check.New(check.Config{
		Tally: sums, Regions: regions, Wait: cmd.Duration("wait"), Concurrency: cmd.Int("concurrency"), Progress: show,
	})
	if err != nil {
		return err
	}
	report, err := c.Run(ctx)
	finish()
	if err != nil {
		return err
	}
	report.Print(os.Stdout)
	if len(report.Wrong) > 0 {
		return errors.New("the counters contradict what clients were told")
	}
	return nil
}

// bar shows how far something is, on a terminal, until it is finished.
func bar(what string) (show func(done, of int), finish func()) {
	b := progressbar.NewOptions(1, progressbar.OptionSetWriter(os.Stderr),
		progressbar.OptionSetDescription(what), progressbar.OptionClearOnFinish(),
		progressbar.OptionThrottle(time.Second), progressbar.OptionSetVisibility(term.IsTerminal(int(os.Stderr.Fd()))))
	show = func(done, of int) {
		b.ChangeMax(of)
		_ = b.Set(done)
	}
	return show, func() { _ = b.Finish() }
}

// readTallies merges the tallies of the files named, or of all there are.
func readTallies(cmd *cli.Command) (*tally.Tally, error) {
	files := cmd.Args().Slice()
	if len(files) == 0 {
		var err error
		if files, err = filepath.Glob(filepath.Join(cmd.String("out"), "run-*.json")); err != nil {
			return nil, err
		}
	}
	if len(files) == 0 {
		return nil, fmt.Errorf("no results in %s: make one with gen run, or name a FILE", cmd.String("out"))
	}
	sums := tally.New()
	for _, file := range files {
		t, err := gen.ReadTally(file)
		if err != nil {
			return nil, err
		}
		sums.Merge(t)
	}
	return sums, nil
}
