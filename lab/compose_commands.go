package lab

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"time"

	"github.com/urfave/cli/v3"

	"pangea/compose"
	"pangea/lab/stack"
	"pangea/region/topology"
)

// composeCommands are up and down, in containers.
func composeCommands() []*cli.Command {
	return []*cli.Command{
		{
			Name:  "compose-up",
			Usage: "build and start everything in containers, and wait until all of it is healthy",
			Description: "Takes docker with its plugin Compose, and the ports of the local stack. May be repeated:\n" +
				"what died is brought back with its data. COMPOSE_PROFILES= leaves Grafana out.",
			Action: withStack(composeUp),
		},
		{
			Name:   "compose-down",
			Usage:  "stop and remove the containers; data stays",
			Flags:  []cli.Flag{&cli.BoolFlag{Name: "v", Usage: "delete the data too"}},
			Action: withStack(composeDown),
		},
	}
}

func composeUp(ctx context.Context, c *cli.Command, s *stack.Stack) error {
	begun := time.Now()
	if slices.ContainsFunc(s.PartNames(), s.Alive) {
		return errors.New("the local stack is up, and containers need its ports: stop it with `go tool task down`, its data stays")
	}
	containers, err := compose.Open(c.String("root"))
	if err != nil {
		return err
	}
	if err := containers.Up(ctx, c.Root().Writer, os.Stderr); err != nil {
		return err
	}
	fmt.Fprintf(c.Root().Writer, "Pangea is up in containers after %.1fs.\n", time.Since(begun).Seconds())
	composeWelcome(c.Root().Writer, s.Topology())
	return nil
}

func composeDown(ctx context.Context, c *cli.Command, _ *stack.Stack) error {
	containers, err := compose.Open(c.String("root"))
	if err != nil {
		return err
	}
	if err := containers.Down(ctx, c.Bool("v"), c.Root().Writer, os.Stderr); err != nil {
		return err
	}
	if c.Bool("v") {
		fmt.Fprintln(c.Root().Writer, "Pangea is down; all data is deleted.")
		return nil
	}
	fmt.Fprintln(c.Root().Writer, "Pangea is down. Its data is kept: `go tool task compose:up` goes on from here.")
	return nil
}

// composeWelcome is welcome with what can be tried on containers.
func composeWelcome(out io.Writer, topo *topology.Topology) {
	first := topo.Regions[0]
	fmt.Fprintf(out, `%s
Watch: http://127.0.0.1:8080/console
Prometheus is on http://127.0.0.1:9090, Grafana on http://127.0.0.1:3000.
Try:
  curl -X POST http://%s/counter/a/incr
  go tool task chaos -- status
  go tool task gen -- run -rate 500 -duration 10s
  go tool task verify
  docker compose -f compose/compose.yaml ps
`, addresses(topo), first.Router)
}
