package lab

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/urfave/cli/v3"

	"pangea/lab/ledger"
	"pangea/lab/stack"
)

const ledgerHelp = `Writes ledger.md beside the directory of records: of each data class the model, what it
promises and gives up, what was measured of both, and why it was chosen; and what the
experiments had to show. Every figure is that of a record. What has none is called not
measured, with the command that measures it.

For example: lab ledger, or lab ledger -results .pangea/results`

// ledgerCommands write what follows from all records.
func ledgerCommands() []*cli.Command {
	return []*cli.Command{{
		Name:        "ledger",
		Usage:       "write the consistency ledger from the records of the experiments",
		Description: ledgerHelp,
		Flags:       []cli.Flag{&cli.StringFlag{Name: "results", Value: recordsIn, Usage: "`DIRECTORY` of the records, below the root"}},
		Action: withStack(func(_ context.Context, c *cli.Command, _ *stack.Stack) error {
			file, err := writeLedger(below(c.String("root"), c.String("results")))
			if err == nil {
				fmt.Fprintf(c.Root().Writer, "written to %s\n", file)
			}
			return err
		}),
	}}
}

// writeLedger makes it from the records in a directory, and returns where it is.
func writeLedger(records string) (file string, err error) {
	all, err := ledger.Read(records)
	if err != nil {
		return "", err
	}
	text, err := all.Markdown()
	if err != nil {
		return "", err
	}
	file = filepath.Join(filepath.Dir(records), "ledger.md")
	if err := os.WriteFile(file, text, 0o644); err != nil {
		return "", fmt.Errorf("write the ledger: %w", err)
	}
	return file, nil
}
