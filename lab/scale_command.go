package lab

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/urfave/cli/v3"

	"pangea/lab/scale"
)

const scaleHelp = `Measures throughput and time to answer against one thing at a time:

   rate      what is offered, up to and past what the regions answer
   regions   how many there are, from 1 to all
   rows      how many are present before
   values    the size of a value

Each point has a fresh stack below .pangea/bench (yours must be down; its data
stays), and -rounds of two trials: as many writes as are answered, and -steady ones
a second, for the latency. Each curve leaves a record. It exits with 1 if a write is
not acknowledged, or if regions differ at the end of a point.

For example: lab scale, or lab scale -curve rows -rounds 1`

// scaleCommands are the experiment of curves.
func scaleCommands() []*cli.Command {
	return []*cli.Command{{
		Name:        "scale",
		Usage:       "measure throughput and p99 against rate, regions, rows and size of values",
		Description: scaleHelp,
		Flags: experimentFlags(
			&cli.StringSliceFlag{Name: "curve", Usage: "which to measure; repeatable", DefaultText: "all"},
			&cli.FloatSliceFlag{Name: "rates", Value: []float64{1000, 2000, 4000, 6000, 8000, 10000, 12000, 16000, 20000}, Usage: "points of the curve, in writes per second"},
			&cli.IntSliceFlag{Name: "rows", Value: []int{10_000, 1_000_000, 10_000_000}, Usage: "points of the curve"},
			&cli.IntSliceFlag{Name: "values", Value: []int{10, 100, 1000, 10_000}, Usage: "points of the curve, in bytes"},
			&cli.FloatFlag{Name: "steady", Value: 3000, Usage: "writes per second beside which the latency is measured"},
			&cli.DurationFlag{Name: "duration", Value: 30 * time.Second, Usage: "how long a trial lasts, in whole seconds"},
			&cli.IntFlag{Name: "rounds", Value: 3, Usage: "how often each point is measured"},
		),
		Action: withLoad(runScale),
	}}
}

func runScale(ctx context.Context, e *experiment) error {
	curves, err := e.curves()
	if err != nil {
		return err
	}
	run, err := scale.New(scale.Config{
		Steady: either(e, "steady", e.Float, 500), Duration: either(e, "duration", e.Duration, 4*time.Second),
		Rounds: either(e, "rounds", e.Int, 1), Load: e.load(), Progress: e.Root().Writer,
	}, e.open, e.verify)
	if err != nil {
		return err
	}
	var broken []error
	for _, curve := range curves {
		e.begun = time.Now()
		found, err := run.Run(ctx, curve)
		if err != nil {
			return fmt.Errorf("curve %s: %w", curve.Name, err)
		}
		broken = append(broken, e.record(found, "scale-"+curve.Name))
	}
	return errors.Join(broken...)
}

// curves are those that were asked for.
func (e *experiment) curves() ([]scale.Curve, error) {
	world, load := e.stack.Topology(), e.load()
	all := []scale.Curve{
		scale.Rates(world, load, either(e, "rates", e.FloatSlice, []float64{500, 1500})),
		scale.Regions(world, load),
		scale.Rows(world, load, either(e, "rows", e.IntSlice, []int{1000, 20_000})),
		scale.Values(world, load, either(e, "values", e.IntSlice, []int{10, 1000})),
	}
	wanted := e.StringSlice("curve")
	if e.IsSet("name") && len(wanted) != 1 {
		return nil, errors.New("several curves cannot have one name: choose one with -curve, or leave out -name")
	}
	if len(wanted) == 0 {
		return all, nil
	}
	var names []string
	for _, c := range all {
		names = append(names, c.Name)
	}
	for _, name := range wanted {
		if !slices.Contains(names, name) {
			return nil, fmt.Errorf("unknown curve %q: the curves are %s", name, strings.Join(names, ", "))
		}
	}
	return slices.DeleteFunc(all, func(c scale.Curve) bool { return !slices.Contains(wanted, c.Name) }), nil
}
