package lab

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/urfave/cli/v3"

	"pangea/chaos"
	"pangea/chaos/links"
	"pangea/gen"
	"pangea/lab/failback"
	"pangea/lab/results"
	"pangea/lab/running"
	"pangea/lab/stack"
	"pangea/lab/wrk"
	"pangea/region/topology"
)

// experiment is what the commands share that measure fresh stacks and record what they
// found.
type experiment struct {
	*cli.Command
	stack   *stack.Stack // whose programs and ports the fresh ones use
	begun   time.Time
	machine gen.Machine
}

// Where records are left, and those of short forms, below the root.
const recordsIn, shortIn = "docs/results", ".pangea/results"

// recordFlags are those of all of them.
func recordFlags(more ...cli.Flag) []cli.Flag {
	return append(more,
		&cli.BoolFlag{Name: "short", Usage: "take a minute, to see that all works; the record is left in " + shortIn},
		&cli.IntFlag{Name: "seed", Value: 1, Usage: "what keys and values follow from"},
		&cli.StringFlag{Name: "out", Value: recordsIn, Usage: "`DIRECTORY` of the records, below the root"},
		&cli.StringFlag{Name: "name", Usage: "what the record is called; one of the same name is replaced", DefaultText: "as the command"},
	)
}

// experimentFlags are those of the ones that leave it to the caller what is written.
func experimentFlags(more ...cli.Flag) []cli.Flag {
	return recordFlags(append(more,
		&cli.StringFlag{Name: "write", Value: string(wrk.Put), Usage: "what a write does: put (a profile) or incr (a counter)"},
		&cli.IntFlag{Name: "batch", Value: 1, Usage: "`ROWS` of a request; above 1 it goes to /batch"},
		&cli.IntFlag{Name: "connections", Value: 256, Usage: "to each region, with one request under way on each; batches need fewer"},
	)...)
}

// withExperiment prepares what must not be found missing when hours were spent.
func withExperiment(do func(context.Context, *experiment) error) cli.ActionFunc {
	return withStack(func(ctx context.Context, c *cli.Command, s *stack.Stack) error {
		e := &experiment{Command: c, stack: s, begun: time.Now(), machine: gen.ThisMachine()}
		e.machine.Commit = cmp.Or(commit(ctx, c.String("root")), e.machine.Commit)
		if e.machine.Commit == "" {
			return errors.New("the commit is unknown, and a record needs it: run it in a checkout, with git")
		}
		if err := results.WriteIndex(e.directory()); err != nil {
			return err
		}
		err := do(ctx, e)
		if ctx.Err() != nil {
			return errors.New("interrupted: nothing is recorded of what was under way, and its stack is deleted")
		}
		return err
	})
}

// withLoad is withExperiment for those that load the regions with wrk.
func withLoad(do func(context.Context, *experiment) error) cli.ActionFunc {
	return withExperiment(func(ctx context.Context, e *experiment) error {
		if err := wrk.Ensure(ctx, func(note string) { fmt.Fprintln(e.Root().Writer, note) }); err != nil {
			return err
		}
		return do(ctx, e)
	})
}

// onFresh runs an experiment on a stack of its own, which is deleted when it is done.
func (e *experiment) onFresh(ctx context.Context, do func(*stack.Stack) error) error {
	return e.onFreshWorld(ctx, e.stack.Topology(), do)
}

// onFreshWorld is onFresh with another world.
func (e *experiment) onFreshWorld(ctx context.Context, world *topology.Topology, do func(*stack.Stack) error) (err error) {
	fresh, err := e.open(ctx, world)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, fresh.Clean(context.WithoutCancel(ctx), func(string, string) {})) }()
	return do(fresh)
}

// open starts a stack with nothing stored.
func (e *experiment) open(ctx context.Context, world *topology.Topology) (*stack.Stack, error) {
	p := newProgress(e.Root().Writer, len(e.stack.PartNames()), stack.Starting, stack.Ready)
	defer p.finish()
	return e.stack.Fresh(ctx, world, func(part, note string) {
		if note != stack.Stopping && note != stack.Stopped { // what the last one left
			p.report(part, note)
		}
	})
}

// ground is what an experiment is done to: a fresh stack, or what runs.
type ground struct {
	world    *topology.Topology
	parts    running.Processes
	clusters failback.Clusters // nil: those of what runs are somebody's
}

// runningFlag is of the experiments that need neither an empty stack nor one that nobody
// else can look into.
func runningFlag() cli.Flag {
	return &cli.BoolFlag{Name: "running", Usage: "on what runs, containers too, and not on a fresh stack: a part that needs another topology.yaml is left out; the record is left in " + shortIn + "; for another time, take another seed"}
}

// onGround does an experiment in a world: on a fresh stack, or with -running on what runs, if
// that is its world.
func (e *experiment) onGround(ctx context.Context, world *topology.Topology, do func(ground) error) error {
	if !e.Bool("running") {
		return e.onFreshWorld(ctx, world, func(fresh *stack.Stack) error { return do(ground{fresh.Topology(), fresh, fresh}) })
	}
	if !reflect.DeepEqual(world, e.stack.Topology()) {
		fmt.Fprintln(e.Root().Writer, "left out: a part that needs another topology.yaml")
		return nil
	}
	parts, err := running.Parts(ctx, e.stack, e.String("root"))
	if err != nil {
		return err
	}
	if !running.Any(parts) {
		return errors.New("nothing runs: start it with `go tool task up` or `go tool task compose:up`, or leave out -running")
	}
	return do(ground{world: world, parts: parts})
}

// chaos breaks what is there.
func (e *experiment) chaos(on ground) *chaos.World {
	return &chaos.World{Topology: on.world, Network: links.Open(on.world), Processes: on.parts, Progress: e.Root().Writer}
}

// equalWithin is how long regions may take until verify finds them equal.
const equalWithin = 5 * time.Minute

// verify is the command of that name, but for regions that are equal it prints no report.
func (e *experiment) verify(ctx context.Context, world *topology.Topology) error {
	ctx, cancel := context.WithTimeout(ctx, equalWithin)
	defer cancel()
	report, err := compare(ctx, regionURLs(world), e.Root().Writer)
	if err == nil {
		err = report.err()
	}
	if errors.Is(err, ErrDiverged) {
		report.write(e.Root().Writer)
	}
	return err
}

// load is what is written.
func (e *experiment) load() wrk.Config {
	return wrk.Config{
		Connections: e.Int("connections"), Write: wrk.Write(e.String("write")),
		Rows: e.Int("batch"), Seed: e.Int("seed"),
	}
}

// record leaves what an experiment found, and fails if a claim of it is broken.
func (e *experiment) record(r *results.Record, name string) error {
	if len(r.Claims) == 0 {
		return errors.New("nothing was measured: every part of this experiment needs another topology.yaml; leave out -running")
	}
	r.Name = cmp.Or(e.String("name"), name)
	r.Command = e.task()
	r.Seed, r.Started, r.Elapsed = uint64(e.Int("seed")), e.begun, time.Since(e.begun)
	r.Machine = e.machine
	if r.Network.RTT == nil { // the experiment had no distances of its own
		r.Network = results.NetworkOf(e.stack.Topology())
	}
	if err := r.Write(e.directory()); err != nil {
		return err
	}
	r.Print(e.Root().Writer)
	fmt.Fprintf(e.Root().Writer, "recorded in %s\n", filepath.Join(e.directory(), r.Name+".md"))
	return r.Err()
}

// task is the command that makes the record again: bench:peers is the task of the command
// bench-peers, exp:soak that of soak.
func (e *experiment) task() string {
	group, name, grouped := strings.Cut(e.Name, "-")
	if !grouped {
		group, name = "exp", e.Name
	}
	task := "go tool task " + group + ":" + name
	if given := e.given(); len(given) > 0 {
		task += " -- " + strings.Join(given, " ")
	}
	return task
}

// given are the flags that the command was called with, and their values.
func (e *experiment) given(except ...string) (flags []string) {
	for _, f := range e.Flags {
		name := f.Names()[0]
		if !f.IsSet() || slices.Contains(except, name) {
			continue
		}
		flags = append(flags, "-"+name)
		if value := e.Value(name); value != true {
			// A list is written as one value, with commas.
			flags = append(flags, strings.ReplaceAll(strings.Trim(fmt.Sprint(value), "[]"), " ", ","))
		}
	}
	return flags
}

func (e *experiment) directory() string {
	dir := e.String("out")
	if (e.Bool("short") || e.Bool("running")) && !e.IsSet("out") {
		dir = shortIn
	}
	return below(e.String("root"), dir)
}

// below is a path that is relative to the root.
func below(root, path string) string {
	if filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(root, path)
}

// either is the value of a flag, or with -short the one for that unless the flag is given.
func either[T any](e *experiment, flag string, value func(string) T, short T) T {
	if e.Bool("short") && !e.IsSet(flag) {
		return short
	}
	return value(flag)
}

// commit is that of the checkout, "+" if anything was changed in it but the records that
// experiments leave there.
func commit(ctx context.Context, root string) string {
	id, err := exec.CommandContext(ctx, "git", "-C", root, "rev-parse", "HEAD").Output()
	if err != nil {
		return "" // no checkout, or no git
	}
	changes, err := exec.CommandContext(ctx, "git", "-C", root, "status", "--porcelain", "--", ".", ":(exclude)docs/results", ":(exclude)docs/ledger.md").Output()
	if err != nil || len(changes) > 0 {
		return strings.TrimSpace(string(id)) + "+"
	}
	return strings.TrimSpace(string(id))
}
