// Command router sends the clients of one place to their nearest ready region.
package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"syscall"

	"github.com/oklog/run"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/urfave/cli/v3"
	"golang.org/x/sync/errgroup"

	"pangea/dashboards/console"
	"pangea/region/probe"
	"pangea/region/topology"
	"pangea/router"
)

func main() {
	if err := command().Run(context.Background(), os.Args); err != nil {
		fmt.Fprintln(os.Stderr, "router:", err)
		os.Exit(1)
	}
}

func command() *cli.Command {
	return &cli.Command{
		Name:  "router",
		Usage: "send the clients of one place to their nearest ready region",
		Description: "Listens on the region's router address in the topology. Regions are ordered by their\n" +
			"distance, its own first, and checked by GET /readyz four times a second.\n" +
			"GET /router/status shows what it thinks of them; /metrics is for Prometheus,\n" +
			"/console for a browser.",
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "region", Usage: "`NAME` of the place whose clients it serves", Sources: cli.EnvVars("PANGEA_REGION")},
			&cli.StringFlag{Name: "topology", Usage: "`FILE` that describes the world", Value: "topology.yaml"},
			&cli.BoolFlag{Name: "named-hosts", Usage: "every part is on the host of its name, router-us or links-us, as in containers", Sources: cli.EnvVars("PANGEA_NAMED_HOSTS")},
			&cli.StringFlag{Name: "policy", Usage: "which region is the nearest: static, by the topology, or measured, by the checks (default: as in topology.yaml, or static)"},
			&cli.StringFlag{Name: "console-faults", Usage: "give the console buttons that run this chaos `PROGRAM`; for a stack on this machine, and a loopback address only"},
			&cli.StringFlag{Name: "console-only", Usage: "serve the console on this `ADDRESS`, and no clients; for a place from which all regions can be reached"},
			&cli.StringFlag{Name: "log-level", Usage: "debug, info, warn or error", Value: "info"},
			&cli.BoolFlag{Name: "check", Usage: "ask the running router whether a request gets through to a region, or the console of -console-only whether it serves, and exit"},
		},
		OnUsageError: func(_ context.Context, _ *cli.Command, err error, _ bool) error {
			return fmt.Errorf("%w; see router --help", err)
		},
		Action: func(ctx context.Context, c *cli.Command) error {
			if c.Bool("check") {
				return check(ctx, c)
			}
			return serve(ctx, c)
		},
	}
}

func check(ctx context.Context, c *cli.Command) error {
	if address := c.String("console-only"); address != "" {
		return probe.Ready(ctx, address)
	}
	_, region, err := place(c)
	if err != nil {
		return err
	}
	return probe.Ready(ctx, region.Router)
}

func serve(ctx context.Context, c *cli.Command) error {
	log, err := logger(c)
	if err != nil {
		return err
	}
	if address := c.String("console-only"); address != "" {
		return watch(ctx, c, address, log)
	}
	top, region, err := place(c)
	if err != nil {
		return err
	}
	log = log.With("router", region.Name)
	ln, err := net.Listen("tcp", region.Router)
	if errors.Is(err, syscall.EADDRINUSE) {
		return fmt.Errorf("%s, the router address of %s in %s, is taken: stop what listens there or change the file",
			region.Router, region.Name, c.String("topology"))
	}
	if err != nil {
		return fmt.Errorf("listen for clients: %w", err)
	}
	defer ln.Close()
	reg := prometheus.NewRegistry()
	reg.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	page, err := console.New(console.Config{
		Title: "router " + region.Name, Links: wires(top), Listener: ln.Addr(),
		Chaos: c.String("console-faults"), Root: filepath.Dir(c.String("topology")), Log: log,
	}, top)
	if err != nil {
		return err
	}
	r, err := router.New(router.Config{
		Region: region.Name, Policy: router.Policy(cmp.Or(c.String("policy"), top.Router.Policy)), Console: page, Log: log,
	}, top, reg)
	if err != nil {
		return err
	}
	log.Info("serving", "address", ln.Addr())
	return runUntilSignal(ctx, func(ctx context.Context) error {
		g, ctx := errgroup.WithContext(ctx)
		g.Go(func() error { return page.Run(ctx) })
		g.Go(func() error { return r.Run(ctx, ln) })
		return g.Wait()
	})
}

func logger(c *cli.Command) (*slog.Logger, error) {
	var level slog.Level
	if err := level.UnmarshalText([]byte(c.String("log-level"))); err != nil {
		return nil, fmt.Errorf("-log-level %s: use debug, info, warn or error", c.String("log-level"))
	}
	return slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: level})), nil
}

// world is the one that the command names.
func world(c *cli.Command) (*topology.Topology, error) {
	top, err := topology.Load(c.String("topology"))
	if err == nil && c.Bool("named-hosts") {
		top = top.OnNamedHosts()
	}
	return top, err
}

// place is the world, and the region in it that the command names.
func place(c *cli.Command) (*topology.Topology, topology.Region, error) {
	top, err := world(c)
	if err != nil {
		return nil, topology.Region{}, err
	}
	if c.String("region") == "" {
		return nil, topology.Region{}, errors.New("-region, the name of the place whose clients it serves, is missing; see router --help")
	}
	region, err := top.Region(c.String("region"))
	return top, region, err
}

// runUntilSignal ends actor's context at SIGINT or SIGTERM. Being told to stop is no error.
func runUntilSignal(ctx context.Context, actor func(context.Context) error) error {
	var g run.Group
	ctx, cancel := context.WithCancel(ctx)
	g.Add(func() error { return actor(ctx) }, func(error) { cancel() })
	g.Add(run.SignalHandler(ctx, syscall.SIGINT, syscall.SIGTERM))
	err := g.Run()
	if errors.Is(err, run.ErrSignal) {
		return nil
	}
	return err
}
