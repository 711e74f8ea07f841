// Command chaos breaks the local stack and mends it.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/urfave/cli/v3"

	"pangea/chaos"
	"pangea/chaos/links"
	"pangea/lab/running"
	"pangea/lab/stack"
)

func main() { os.Exit(run(os.Args, os.Stdout, os.Stderr)) }

// run returns the exit code: 2 for a request that cannot be meant, 1 for one
// that did not work.
func run(args []string, stdout, stderr io.Writer) int {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // a second Ctrl-C ends the mending too
	c := command()
	c.Writer, c.ErrWriter = stdout, stderr
	err := c.Run(ctx, args)
	if err == nil {
		return 0
	}
	fmt.Fprintln(stderr, "chaos:", err)
	if misuse := (*chaos.Misuse)(nil); errors.As(err, &misuse) {
		return 2
	}
	return 1
}

// world opens the stack of the directory that the command names.
func world(ctx context.Context, c *cli.Command) (*chaos.World, error) {
	local, err := stack.Open(c.String("root"))
	if err != nil {
		return nil, err
	}
	topo := local.Topology()
	if c.Bool("named-hosts") {
		topo = topo.OnNamedHosts()
	}
	parts, err := running.Parts(ctx, local, c.String("root"))
	if err != nil {
		return nil, err
	}
	return &chaos.World{
		Topology: topo, Network: links.Open(topo), Processes: parts, Progress: c.Root().Writer,
	}, nil
}
