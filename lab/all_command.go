package lab

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/urfave/cli/v3"
)

const allHelp = `Runs all experiments one after the other, each on fresh stacks below .pangea/bench (yours
must be down; its data stays), says which one it is and about how long the rest takes, and
goes on when a claim of one is broken. In the end it prints what came of each, and writes
the consistency ledger beside the records. It exits with 1 if any claim was broken, or if
an experiment could not be completed.

For example: lab all -short, or lab all -only lww,crdt`

// allCommands run every experiment.
func allCommands() []*cli.Command {
	return []*cli.Command{{
		Name:        "all",
		Usage:       "run all experiments, and write the consistency ledger",
		Description: allHelp,
		Flags: []cli.Flag{
			&cli.BoolFlag{Name: "short", Usage: "the short form of each; records are left in " + shortIn},
			&cli.IntFlag{Name: "seed", Value: 1, Usage: "that of each"},
			&cli.StringFlag{Name: "out", Value: recordsIn, Usage: "`DIRECTORY` of the records, below the root"},
			&cli.StringSliceFlag{Name: "only", Usage: "those of these `NAMES`", DefaultText: "all"},
		},
		Action: withExperiment(runAll),
	}}
}

// planned is an experiment of all, and about how long it takes on two processors.
type planned struct {
	name        string // of its command, its task and its record
	short, long time.Duration
}

// plan is those that the ledger is made of, in the order in which they run.
func plan() []planned {
	return []planned{
		{"latency", 50 * time.Second, 2 * time.Minute},
		{"lww", 2 * time.Minute, 5 * time.Minute},
		{"crdt", 25 * time.Second, 2 * time.Minute},
		{"partition", 70 * time.Second, 3 * time.Minute},
		{"ryw", 35 * time.Second, time.Minute},
		{"causal", time.Minute, 3 * time.Minute},
		{"failback", 75 * time.Second, 5 * time.Minute},
		{"failover", 90 * time.Second, 8 * time.Minute},
		{"loss", 2 * time.Minute, 16 * time.Minute},
		{"lag", time.Minute, 16 * time.Minute},
		{"soak", 40 * time.Second, 31 * time.Minute},
	}
}

// chosen are those that were asked for.
func chosen(names []string) ([]planned, error) {
	all := plan()
	known := make([]string, len(all))
	for i, p := range all {
		known[i] = p.name
	}
	for _, name := range names {
		if !slices.Contains(known, name) {
			return nil, fmt.Errorf("only: unknown experiment %q: they are %s", name, strings.Join(known, ", "))
		}
	}
	if len(names) == 0 {
		return all, nil
	}
	return slices.DeleteFunc(all, func(p planned) bool { return !slices.Contains(names, p.name) }), nil
}

func runAll(ctx context.Context, e *experiment) error {
	due, err := chosen(e.StringSlice("only"))
	if err != nil {
		return err
	}
	if err := e.stack.Idle(); err != nil {
		return err
	}
	var outcomes []outcome
	for i, p := range due {
		fmt.Fprintf(e.Root().Writer, "\n%d of %d: %s, about %v; all that is left takes about %v\n\n", i+1, len(due), p.name, e.about(p), e.about(due[i:]...))
		outcomes = append(outcomes, e.run(ctx, p))
		if ctx.Err() != nil {
			return ctx.Err()
		}
	}
	printOutcomes(e.Root().Writer, outcomes)
	file, err := writeLedger(e.directory())
	if err != nil {
		return err
	}
	fmt.Fprintf(e.Root().Writer, "the ledger is in %s\n", file)
	return verdictOf(outcomes)
}

// about is how long they take.
func (e *experiment) about(some ...planned) (sum time.Duration) {
	for _, p := range some {
		if e.Bool("short") {
			sum += p.short
		} else {
			sum += p.long
		}
	}
	return sum
}
