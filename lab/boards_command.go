package lab

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"time"

	"github.com/oklog/run"
	"github.com/urfave/cli/v3"

	"pangea/dashboards"
	"pangea/lab/process"
	"pangea/lab/prometheus"
	"pangea/lab/stack"
)

const boardsHelp = `Runs Prometheus beside the stack until Ctrl-C, with the scrape file and the alerts of
dashboards/prometheus. What it has seen stays in .pangea/prometheus for the next time.
Prometheus is fetched from Debian where it is missing, and not installed.

The boards are for Grafana, which is not in Debian: "go tool task compose:up" brings one
up with all of them, or give one of your own dashboards/provisioning (README.md there).`

// boardsCommands are those for who watches the stack.
func boardsCommands() []*cli.Command {
	return []*cli.Command{{
		Name:        "boards",
		Usage:       "run Prometheus beside the stack, with its alerts",
		Description: boardsHelp,
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "listen", Usage: "`ADDRESS` of Prometheus", Value: "127.0.0.1:9090"},
		},
		Action: withStack(runBoards),
	}}
}

func runBoards(ctx context.Context, c *cli.Command, s *stack.Stack) error {
	if !slices.ContainsFunc(s.PartNames(), s.Alive) {
		return errors.New("the stack is down, and there is nothing to watch: start it with `go tool task up`")
	}
	server, err := watcher(ctx, c, s)
	if err != nil {
		return err
	}
	return untilEnd(ctx, server.Run, func(ctx context.Context) error {
		if err := answering(ctx, server); err != nil || ctx.Err() != nil {
			return err
		}
		fmt.Fprintf(c.Root().Writer, watching, server.URL())
		<-ctx.Done()
		return nil
	})
}

const watching = `Prometheus watches the stack until Ctrl-C:
  %[1]s/targets  who is scraped
  %[1]s/alerts   what is wrong
  %[1]s/graph    any expression of dashboards/grafana
`

// watcher prepares a Prometheus that scrapes s.
func watcher(ctx context.Context, c *cli.Command, s *stack.Stack) (*prometheus.Server, error) {
	address := c.String("listen")
	if err := process.CheckFree(ctx, address); err != nil {
		return nil, fmt.Errorf("prometheus cannot start: %w: end that process, or choose another -listen", err)
	}
	programs, err := prometheus.Ensure(ctx, func(note string) { fmt.Fprintln(c.Root().Writer, note) })
	if err != nil {
		return nil, err
	}
	dir, err := filepath.Abs(filepath.Join(c.String("root"), ".pangea", "prometheus"))
	if err != nil {
		return nil, err
	}
	file, err := dashboards.Write(dir, s.Topology())
	if err != nil {
		return nil, err
	}
	return prometheus.New(prometheus.Config{File: file, Dir: dir, Address: address}, programs)
}

// untilEnd runs all of them until one ends or ctx is done.
func untilEnd(ctx context.Context, actors ...func(context.Context) error) error {
	var g run.Group
	for _, actor := range actors {
		running, cancel := context.WithCancel(ctx)
		g.Add(func() error { return actor(running) }, func(error) { cancel() })
	}
	return g.Run()
}

// answerWithin bounds the start of Prometheus, which reads what it has stored.
const answerWithin = time.Minute

// answering waits until server answers.
func answering(ctx context.Context, server *prometheus.Server) error {
	late := time.After(answerWithin)
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for {
		err := server.Ready(ctx)
		if err == nil {
			return nil
		}
		select {
		case <-tick.C:
		case <-late:
			return fmt.Errorf("wait for prometheus: %w", err)
		case <-ctx.Done():
			return nil
		}
	}
}
