package main

import (
	"context"
	"fmt"
	"os"

	"github.com/urfave/cli/v3"

	"pangea/gen/audit/rehearsal"
)

const selfTestHelp = `Would "gen check" of a recorded run notice? It needs no stack: it judges histories that it
makes up, with one planted fault in each and with none, and exits with 1 unless each fault
is found, as what it is and where it is, and nothing else is accused.

Example:
   gen self-test -seed 7`

func selfTestCommand() *cli.Command {
	return &cli.Command{
		Name:        "self-test",
		Usage:       "see whether the check of recorded runs finds planted faults",
		Description: selfTestHelp,
		Flags: []cli.Flag{
			&cli.Uint64Flag{Name: "seed", Value: 1, Usage: "what the histories follow from"},
		},
		Action: selfTest,
	}
}

// selfTest shows that the judge finds what it is there to find.
func selfTest(ctx context.Context, cmd *cli.Command) error {
	if cmd.Args().Present() {
		return fmt.Errorf("%q: a self-test makes up its own histories: to check a recorded run take gen check", cmd.Args().First())
	}
	show, finish := bar("judging made-up histories")
	report, err := rehearsal.Run(ctx, cmd.Uint64("seed"), show)
	finish()
	if err != nil {
		return err
	}
	report.Print(os.Stdout)
	return report.Err()
}
