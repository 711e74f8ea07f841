package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"time"

	"github.com/urfave/cli/v3"

	"pangea/gen"
	"pangea/gen/workload"
)

const runHelp = `Operation i is due i/rate seconds after the start, whatever became of those
before it (an open loop), and its latency counts from then. What it is follows
from -seed and i alone: the same seed gives the same operations, keys and values
at any rate. Clients do not repeat: each answer is counted as it is.

Reads count into -rate. They are off unless -reads asks for them, because writes
are what replicates: "-rate 3000" means 3,000 writes/s. A key's popularity falls
as rank^-zipf, so the hottest key of the default takes about a ninth of the load.

One third of the operations goes to the router of each region, as from clients
near it. The report shows which region served them, and the longest time that
each place was without a good answer. With Ctrl-C it comes early.

A write is answered when its region has committed it; with -ack peer or all, when
one peer or all store it too. One that is not confirmed in time (504) counts as
unanswered: it may stand, and the lower bound of "gen check" leaves it out.

With -record every operation is kept, in a folder: history.jsonl, a line each, for "gen
check"; latency.hlog, an HdrHistogram interval log; summary.json, the result. Nobody else
may write its keys, as no check could tell the two apart: so they start with r<seed>- where
those of other runs start with g<seed>-, and those of an earlier recorded run are refused.
Whoever names a -prefix sees to it. With -hop an operation is sent from another place than
where its client lives, by that probability and the seed; with -vector clients send along
what they were shown.

The result is left in -out, with the sums that "gen check" compares with the
counters. Runs of one seed (or -prefix) on one stack share their keys, so check
them together.

Examples:
   gen run -rate 3000 -duration 60s
   gen run -rate 500 -mix counter=1 -keys 100 -seed 7
   gen run -rate 6000 -reads 50 -straight
   gen run -rate 1000 -reads 40 -keys 500 -hop 0.2 -vector -record /tmp/run && gen check /tmp/run
   gen run -rate 1000 -reads 80 -target http://127.0.0.1:8082`

func runCommand() *cli.Command {
	return &cli.Command{
		Name:        "run",
		Usage:       "send operations at a fixed rate and print latencies per class",
		Description: runHelp,
		Flags: []cli.Flag{
			&cli.FloatFlag{Name: "rate", Value: 1000, Usage: "operations per second, reads included"},
			&cli.DurationFlag{Name: "duration", Value: 30 * time.Second, Usage: "how long operations fall due"},
			&cli.Uint64Flag{Name: "seed", Value: 1, Usage: "what the operations follow from"},
			&cli.Uint64Flag{Name: "keys", Value: 10_000_000, Usage: "keys per class"},
			&cli.FloatFlag{Name: "zipf", Value: 1.1, Usage: "exponent of the keys' popularity, above 1"},
			&cli.StringFlag{Name: "mix", Value: workload.DefaultMix, Usage: "shares of counter, profile, tags, prefs and handle"},
			&cli.IntFlag{Name: "reads", Usage: "percentage of the operations that read"},
			&cli.StringFlag{Name: "prefix", Usage: "what every key starts with", DefaultText: "g<seed>-; r<seed>- with -record"},
			&cli.StringFlag{Name: "record", Usage: "`FOLDER` to leave every operation in, for gen check"},
			&cli.IntFlag{Name: "sessions", Value: 10, Usage: "clients near each region, who take turns"},
			&cli.FloatFlag{Name: "hop", Usage: "probability that a client sends an operation from another region's place"},
			&cli.BoolFlag{Name: "vector", Usage: "have clients send along the version vector of what they were shown"},
			&cli.StringFlag{Name: "ack", Usage: "who must have stored a write: local, peer or all", DefaultText: "local; peer for handles"},
			&cli.DurationFlag{Name: "timeout", Value: 5 * time.Second, Usage: "when an operation is given up as unanswered"},
			&cli.IntFlag{Name: "in-flight", Value: 10_000, Usage: "most operations sent and not answered"},
			&cli.BoolFlag{Name: "straight", Usage: "send to the regions themselves instead of the routers"},
			&cli.StringSliceFlag{Name: "target", Usage: "base URL to send to instead of the routers; repeatable"},
			outFlag(),
			topologyFlag(),
		},
		Action: run,
	}
}

func run(ctx context.Context, cmd *cli.Command) error {
	cfg, err := config(cmd)
	if err != nil {
		return err
	}
	load, err := gen.New(cfg)
	if err != nil {
		return err
	}
	frugal()
	fmt.Fprintf(os.Stderr, "seed %d: %g operations/s for %v, keys %s…\n",
		cfg.Workload.Seed, cfg.Rate, cfg.Duration, cfg.Workload.Prefix)
	result, failure := send(ctx, load, cmd.String("record"))
	if result == nil {
		return failure
	}
	result.Print(os.Stdout)
	path, err := result.Write(cmd.String("out"))
	if err != nil {
		return errors.Join(failure, err)
	}
	fmt.Printf("written to %s\n", path)
	if folder := cmd.String("record"); folder != "" && failure == nil {
		fmt.Printf("recorded in %s: check it with `go tool task gen -- check %s`\n", folder, folder)
	}
	return failure
}

// send runs the load, and records it if there is a folder to do so. A result comes with an
// error if the history is not whole.
func send(ctx context.Context, load *gen.Load, folder string) (*gen.Result, error) {
	if folder == "" {
		return load.Run(ctx), nil
	}
	return load.Record(ctx, folder)
}

// frugal leaves the machine to the system under test. A second processor mostly wakes
// the first: with one, an operation costs a quarter less CPU. A small heap is collected
// all the time, with a look at the stack of each sender. What the caller has set stands.
func frugal() {
	if os.Getenv("GOMAXPROCS") == "" {
		runtime.GOMAXPROCS(1)
	}
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(400)
	}
}

func config(cmd *cli.Command) (gen.Config, error) {
	if cmd.Args().Present() {
		return gen.Config{}, fmt.Errorf("%q is not a flag: see gen run --help", cmd.Args().First())
	}
	mix, err := workload.ParseMix(cmd.String("mix"))
	if err != nil {
		return gen.Config{}, err
	}
	cfg := gen.Config{
		Workload: workload.Config{
			Seed: cmd.Uint64("seed"), Keys: cmd.Uint64("keys"), Zipf: cmd.Float("zipf"),
			Mix: mix, Reads: cmd.Int("reads"), Prefix: cmd.String("prefix"),
		},
		Rate: cmd.Float("rate"), Duration: cmd.Duration("duration"), Ack: cmd.String("ack"),
		Sessions: cmd.Int("sessions"), Hop: cmd.Float("hop"), Vector: cmd.Bool("vector"),
		InFlight: cmd.Int("in-flight"), Timeout: cmd.Duration("timeout"), Progress: os.Stderr,
	}
	if cfg.Workload.Prefix == "" {
		cfg.Workload.Prefix = defaultPrefix(cfg.Workload.Seed, cmd.String("record") != "")
	}
	err = aim(&cfg, cmd)
	return cfg, err
}

// defaultPrefix gives recorded runs keys that no other run writes by default: the check of a
// history takes whatever others wrote for a fault.
func defaultPrefix(seed uint64, recorded bool) string {
	if recorded {
		return fmt.Sprintf("r%d-", seed)
	}
	return fmt.Sprintf("g%d-", seed)
}

// aim says where the operations go, and who is asked for the lag.
func aim(cfg *gen.Config, cmd *cli.Command) error {
	if targets := cmd.StringSlice("target"); len(targets) > 0 {
		cfg.Places = targetEndpoints(targets)
		return nil
	}
	top, err := world(cmd)
	if err != nil {
		return err
	}
	cfg.Regions, cfg.Places = gen.Regions(top), gen.Routers(top)
	if cmd.Bool("straight") {
		cfg.Places = cfg.Regions
	}
	return nil
}
