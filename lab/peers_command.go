package lab

import (
	"context"
	"fmt"
	"path/filepath"
	"time"

	"github.com/urfave/cli/v3"

	"pangea/lab/mesh"
	"pangea/lab/peers"
	"pangea/lab/stack"
)

const peersHelp = `Compares Pangea with a mesh of three Postgres that replicate to each other by pglogical
(last_update_wins), which is installed if need be. Both get the same upserts, the same
Postgres settings and the same links; each measurement starts from nothing, below
.pangea (your stack must be down; its data stays).

First it tries a few client counts on each, and slower paces if its lag grows with the
fastest. Then, in each round, it loads one after the other and prints writes/s, whether
the lag was flat, p99, how long until the last write was everywhere, and how many keys
differ in the end; all of it for single writes, and then for /batch against transactions
of as many rows. One whose lag grows in a round is measured again, slower.

It exits with 1 unless Pangea sustains twice the writes of the mesh in both, both with
flat lag, and no key of it differs. With the defaults it takes about 30 minutes.

For example: lab bench-peers, or lab bench-peers -rounds 1 -duration 10s -clients 16`

// peersCommands are the comparison.
func peersCommands() []*cli.Command {
	return []*cli.Command{{
		Name:        "bench-peers",
		Usage:       "compare Pangea with a mesh of pglogical, side by side",
		Description: peersHelp,
		Flags: recordFlags(
			&cli.IntFlag{Name: "rounds", Value: 3, Usage: "how often each is measured"},
			&cli.DurationFlag{Name: "duration", Value: time.Minute, Usage: "how long a measurement lasts, in whole seconds"},
			&cli.DurationFlag{Name: "search", Value: 10 * time.Second, Usage: "how long each client count is tried, in whole seconds"},
			&cli.IntFlag{Name: "clients", Usage: "the count in each region, for both", DefaultText: "the best of each, looked for first"},
			&cli.IntFlag{Name: "rows", Value: 100, Usage: "of a batch, and of a transaction of pgbench"},
		),
		Action: withLoad(runPeers),
	}}
}

func runPeers(ctx context.Context, e *experiment) error {
	if err := e.stack.Idle(); err != nil {
		return err
	}
	if _, err := mesh.Ensure(ctx, e.say); err != nil {
		return err
	}
	comparison, err := peers.New(peers.Config{
		Rounds: either(e, "rounds", e.Int, 1), Duration: either(e, "duration", e.Duration, 6*time.Second),
		Search: e.Duration("search"), Clients: either(e, "clients", e.Int, 8), Batch: e.Int("rows"),
		Regions: e.stack.Topology().Names(), Progress: e.Root().Writer,
	}, e.pangea(), e.pglogical())
	if err != nil {
		return err
	}
	found, err := comparison.Run(ctx)
	if err != nil {
		return err
	}
	return e.record(found.Record(), "peers")
}

func (e *experiment) say(note string) { fmt.Fprintln(e.Root().Writer, note) }

// pangea is a fresh stack for each measurement.
func (e *experiment) pangea() peers.System {
	return peers.System{
		Name:    "Pangea",
		Clients: []int{32, 64, 128, 256}, BatchClients: []int{4, 8, 16, 32},
		Start: func(ctx context.Context) (peers.Running, error) {
			fresh, err := e.stack.Fresh(ctx, e.stack.Topology(), func(string, string) {})
			if err != nil {
				return nil, err
			}
			return peers.NewPangea(fresh, e.Int("seed"), func(ctx context.Context) (int, error) { return e.differing(ctx, fresh) }), nil
		},
	}
}

func (e *experiment) differing(ctx context.Context, s *stack.Stack) (int, error) {
	ctx, cancel := context.WithTimeout(ctx, equalWithin)
	defer cancel()
	report, err := compare(ctx, regionURLs(s.Topology()), e.Root().Writer)
	return len(report.Differences), err
}

// pglogical is a fresh mesh for each measurement.
func (e *experiment) pglogical() peers.System {
	state := filepath.Join(e.String("root"), ".pangea")
	cfg := mesh.Config{
		Root: filepath.Join(state, "mesh"), Programs: filepath.Join(state, "bin"),
		World: e.stack.Topology(), Seed: e.Int("seed"),
	}
	return peers.System{
		Name:    "pglogical",
		Clients: []int{4, 8, 16, 32}, BatchClients: []int{1, 2, 4, 8},
		Start: func(ctx context.Context) (peers.Running, error) {
			m, err := mesh.Start(ctx, cfg, e.say)
			if err != nil {
				return nil, err
			}
			return peers.Pglogical{Mesh: m}, nil
		},
	}
}
