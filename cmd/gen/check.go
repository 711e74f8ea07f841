package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/schollz/progressbar/v3"
	"github.com/urfave/cli/v3"
	"golang.org/x/term"

	"pangea/gen"
	"pangea/gen/check"
	"pangea/gen/tally"
)

const checkHelp = `Reads each counter that the runs wrote from every region, and compares it with
what the clients were told: the value must lie in [acknowledged, acknowledged +
unanswered], lower by the decrements left unanswered, and be the same everywhere.
It exits with 1 if any does not.

FILE is a result of "gen run"; without one, all results in -out are taken. Runs
of one seed (or -prefix) on one stack share their keys: a value above its interval
may mean that the result of another run is missing here, one below it that the
stack was cleaned since.

Examples:
   gen check
   gen check .pangea/gen/run-1-20260102T030405.000.json`

func checkCommand() *cli.Command {
	return &cli.Command{
		Name:        "check",
		Usage:       "compare the counters of every region with what runs were told",
		Description: checkHelp,
		ArgsUsage:   "[FILE…]",
		Flags: []cli.Flag{
			&cli.DurationFlag{Name: "wait", Value: 15 * time.Second, Usage: "how long a counter may take to become right"},
			&cli.IntFlag{Name: "concurrency", Value: 16, Usage: "counters read at once"},
			&cli.StringSliceFlag{Name: "target", Usage: "base URL to read from instead of the regions; repeatable"},
			outFlag(),
			topologyFlag(),
		},
		Action: runCheck,
	}
}

func runCheck(ctx context.Context, cmd *cli.Command) error {
	sums, err := readTallies(cmd)
	if err != nil {
		return err
	}
	regions := targetEndpoints(cmd.StringSlice("target"))
	if len(regions) == 0 {
		if regions, err = regionEndpoints(cmd); err != nil {
			return err
		}
	}
	bar := progressbar.NewOptions(len(sums.Counters), progressbar.OptionSetWriter(os.Stderr),
		progressbar.OptionSetDescription("reading counters"), progressbar.OptionClearOnFinish(),
		progressbar.OptionThrottle(time.Second), progressbar.OptionSetVisibility(term.IsTerminal(int(os.Stderr.Fd()))))
	c, err := check.New(check.Config{
		Tally: sums, Regions: regions, Wait: cmd.Duration("wait"), Concurrency: cmd.Int("concurrency"),
		Progress: func(done, of int) {
			bar.ChangeMax(of)
			_ = bar.Set(done)
		},
	})
	if err != nil {
		return err
	}
	report, err := c.Run(ctx)
	_ = bar.Finish()
	if err != nil {
		return err
	}
	report.Print(os.Stdout)
	if len(report.Wrong) > 0 {
		return errors.New("the counters contradict what clients were told")
	}
	return nil
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
