package lab

import (
	"context"
	"time"

	"github.com/urfave/cli/v3"

	"pangea/lab/stack"
	"pangea/region/topology"
)

// verifyCommands check the stack.
func verifyCommands() []*cli.Command {
	return []*cli.Command{{
		Name:  "verify",
		Usage: "check that all regions hold the same state",
		Description: "Waits until every region has applied the same writes, then compares digests of their\n" +
			"state. It wants quiet writers. Exits with 1 if the regions differ, and names the keys.",
		Flags: []cli.Flag{
			&cli.DurationFlag{Name: "timeout", Usage: "how long to wait for the writes to arrive everywhere", Value: time.Minute},
		},
		Action: withStack(verify),
	}}
}

// verify asks every region itself: no link and no router is in between.
func verify(ctx context.Context, c *cli.Command, s *stack.Stack) error {
	ctx, cancel := context.WithTimeout(ctx, c.Duration("timeout"))
	defer cancel()
	_, err := Verify(ctx, regionURLs(s.Topology()), c.Root().Writer)
	return err
}

func regionURLs(topo *topology.Topology) map[string]string {
	urls := map[string]string{}
	for _, r := range topo.Regions {
		urls[r.Name] = "http://" + r.HTTP
	}
	return urls
}
