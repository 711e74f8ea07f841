// Command region runs one region: its API, its writer, its log and its appliers.
package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"syscall"

	"github.com/oklog/run"
	"github.com/urfave/cli/v3"

	"pangea/region/node"
	"pangea/region/probe"
	"pangea/region/state"
	"pangea/region/topology"
)

func main() {
	if err := command().Run(context.Background(), os.Args); err != nil {
		fmt.Fprintln(os.Stderr, "region:", err)
		os.Exit(1)
	}
}

func command() *cli.Command {
	return &cli.Command{
		Name:  "region",
		Usage: "run one region of the world that topology.yaml describes",
		Description: "It listens on the region's addresses, keeps its state in the Postgres of that region and its\n" +
			"stream below -data, and follows its peers' logs. GET /status tells how it is. With -check it asks\n" +
			"the region that runs, and exits with 0 if that one serves.",
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "region", Usage: "`name` of the region, as in topology.yaml", Required: true, Sources: cli.EnvVars("PANGEA_REGION")},
			&cli.StringFlag{Name: "topology", Usage: "`file` that describes the world", Value: "topology.yaml"},
			&cli.BoolFlag{Name: "named-hosts", Usage: "every part is on the host of its name, region-us or links-us, as in containers", Sources: cli.EnvVars("PANGEA_NAMED_HOSTS")},
			&cli.StringFlag{Name: "data", Usage: "`directory` for the stream (default: .pangea/<region>)", Sources: cli.EnvVars("PANGEA_DATA")},
			&cli.StringFlag{Name: "postgres", Usage: "database `address`, a URL or keywords as libpq understands them (default: as in topology.yaml)"},
			&cli.StringFlag{Name: "postgres-password-file", Usage: "`file` with the database's password, read for each connection (default: as the address, or PGPASSFILE, says)", Sources: cli.EnvVars("PANGEA_POSTGRES_PASSWORD_FILE")},
			&cli.StringFlag{Name: "clock", Usage: "where stamps come from: hlc, or wall to show what clock skew loses (default: as in topology.yaml, or hlc)"},
			&cli.DurationFlag{Name: "clock-skew", Usage: "`time` added to the physical clock (default: as in topology.yaml, or none)"},
			&cli.StringFlag{Name: "clock-skew-file", Usage: "`file` with a time that counts instead while it is there, and may change while the region runs", Sources: cli.EnvVars("PANGEA_CLOCK_SKEW_FILE")},
			&cli.StringFlag{Name: "log-level", Usage: "debug, info, warn or error", Value: "info"},
			&cli.BoolFlag{Name: "check", Usage: "ask the running region whether it serves, and exit"},
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
	_, self, err := place(c)
	if err != nil {
		return err
	}
	return probe.Ready(ctx, self.HTTP)
}

func serve(ctx context.Context, c *cli.Command) error {
	var level slog.Level
	if err := level.UnmarshalText([]byte(c.String("log-level"))); err != nil {
		return fmt.Errorf("-log-level: %w", err)
	}
	topo, self, err := place(c)
	if err != nil {
		return err
	}
	data := cmp.Or(c.String("data"), filepath.Join(".pangea", self.Name))
	log := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: level})).With("region", self.Name)
	n, err := node.New(ctx, node.Config{
		Region: self.Name, Topology: topo, StoreDir: filepath.Join(data, "stream"),
		DSN: cmp.Or(c.String("postgres"), self.DSN()), PasswordFile: c.String("postgres-password-file"),
		Clock:         state.ClockMode(cmp.Or(c.String("clock"), topo.Clock.Mode, string(state.HLC))),
		ClockSkew:     cmp.Or(c.Duration("clock-skew"), topo.Clock.Skew[self.Name]),
		ClockSkewFile: c.String("clock-skew-file"), Logger: log,
	})
	if err != nil {
		return err
	}
	log.Info("listening", "http", self.HTTP, "nats", topo.Address(self.Name, self.Name, topology.NATS), "postgres", n.Database())

	var g run.Group
	g.Add(run.SignalHandler(ctx, os.Interrupt, syscall.SIGTERM))
	ctx, cancel := context.WithCancel(ctx)
	g.Add(func() error { return n.Run(ctx) }, func(error) { cancel() })
	if err := g.Run(); !errors.Is(err, run.ErrSignal) {
		return err
	}
	return nil
}

// place is the world, and the region in it, that the command names.
func place(c *cli.Command) (*topology.Topology, topology.Region, error) {
	topo, err := topology.Load(c.String("topology"))
	if err != nil {
		return nil, topology.Region{}, err
	}
	if c.Bool("named-hosts") {
		topo = topo.OnNamedHosts()
	}
	self, err := topo.Region(c.String("region"))
	return topo, self, err
}
