package lab

import (
	"context"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/urfave/cli/v3"

	"pangea/lab/postgres"
	"pangea/lab/stack"
	"pangea/region/topology"
)

func stackCommands() []*cli.Command {
	return []*cli.Command{
		{
			Name:  "up",
			Usage: "start what does not run, and wait until all of it serves",
			Description: "Starts Postgres (installed first where it is missing), toxiproxy, the regions and\n" +
				"the routers in the background. May be repeated: a part that died is brought back\n" +
				"with its data, the others are left alone.",
			Action: withStack(up),
		},
		{Name: "postgres", Usage: "find PostgreSQL, or install it, and print where its programs are", Action: findPostgres},
		{Name: "down", Usage: "stop everything in order; data and logs stay", Action: withStack(down)},
		{Name: "clean", Usage: "stop everything and delete all data and logs", Action: withStack(clean)},
	}
}

func up(ctx context.Context, c *cli.Command, s *stack.Stack) error {
	if err := raise(ctx, c, s); err != nil {
		return err
	}
	welcome(c.Root().Writer, s.Topology())
	return nil
}

// raise starts what does not run.
func raise(ctx context.Context, c *cli.Command, s *stack.Stack) error {
	begun := time.Now()
	p := newProgress(c.Root().Writer, len(s.PartNames()), stack.Starting, stack.Ready)
	started, err := s.Up(ctx, p.report)
	p.finish()
	if ctx.Err() != nil {
		return fmt.Errorf("interrupted: what was started runs on, `go tool task down` stops it")
	}
	if err != nil {
		return err
	}
	if len(started) == 0 {
		fmt.Fprintln(c.Root().Writer, "Pangea is up, and was before.")
	} else {
		fmt.Fprintf(c.Root().Writer, "Pangea is up: %d of %d parts started in %.1fs.\n",
			len(started), len(s.PartNames()), time.Since(begun).Seconds())
	}
	return nil
}

func findPostgres(ctx context.Context, c *cli.Command) error {
	bin, err := postgres.Ensure(ctx, func(note string) { fmt.Fprintln(os.Stderr, note) })
	if err != nil {
		return err
	}
	fmt.Fprintf(c.Root().Writer, "PostgreSQL %d is in %s\n", bin.Version, bin.Dir)
	return nil
}

func down(ctx context.Context, c *cli.Command, s *stack.Stack) error {
	p := newProgress(c.Root().Writer, len(s.PartNames()), stack.Stopping, stack.Stopped)
	err := s.Down(ctx, p.report)
	p.finish()
	if err == nil {
		fmt.Fprintln(c.Root().Writer, "Pangea is down. Its data is kept: `go tool task up` goes on from here.")
	}
	return err
}

func clean(ctx context.Context, c *cli.Command, s *stack.Stack) error {
	p := newProgress(c.Root().Writer, len(s.PartNames()), stack.Stopping, stack.Stopped)
	err := s.Clean(ctx, p.report)
	p.finish()
	if err == nil {
		fmt.Fprintln(c.Root().Writer, "Pangea is down; all data and logs are deleted.")
	}
	return err
}

// addresses is where everything of the world listens, as a table.
func addresses(topo *topology.Topology) string {
	t := table.NewWriter()
	t.SetStyle(table.StyleLight)
	t.AppendHeader(table.Row{"", "router", "region", "nats", "nats monitor", "postgres"})
	for _, r := range topo.Regions {
		t.AppendRow(table.Row{r.Name, "http://" + r.Router, "http://" + r.HTTP, r.NATS, "http://" + r.Monitor, r.Postgres})
	}
	return t.Render()
}

// welcome lists the endpoints and some commands to try.
func welcome(out io.Writer, topo *topology.Topology) {
	first, last := topo.Regions[0], topo.Regions[len(topo.Regions)-1]
	fmt.Fprintf(out, `%s
Watch: http://%s/console
Try:
  curl -X POST http://%s/counter/a/incr
  curl http://%s/counter/a
  curl -X PUT http://%s/profile/ada -d '{"name":"Ada"}'
  go tool task status
  go tool task psql -- %s -c "select * from counter_value"
  go tool task --list
`, addresses(topo), first.Router, first.Router, last.Router, first.Router, last.Name)
}
