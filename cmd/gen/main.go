// Command gen drives a seeded load against Pangea and checks what became of it.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/urfave/cli/v3"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	// A second Ctrl-C ends the program at once. The first may arrive twice, from
	// the terminal and from a task runner, so the second counts only a while later.
	context.AfterFunc(ctx, func() { time.AfterFunc(time.Second, stop) })
	app := &cli.Command{
		Name:     "gen",
		Usage:    "drive a seeded load against Pangea, and check what became of it",
		Commands: []*cli.Command{runCommand(), checkCommand(), selfTestCommand(), conflictCommand()},
	}
	for _, command := range app.Commands {
		command.OnUsageError = usageError
	}
	if err := app.Run(ctx, os.Args); err != nil {
		fmt.Fprintln(os.Stderr, "gen:", err)
		os.Exit(1)
	}
}

// usageError keeps a mistake to one line, instead of the whole manual.
func usageError(_ context.Context, cmd *cli.Command, err error, _ bool) error {
	return fmt.Errorf("%w: see %s --help", err, cmd.FullName())
}
