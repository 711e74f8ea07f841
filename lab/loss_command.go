package lab

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/urfave/cli/v3"

	"pangea/chaos"
	"pangea/chaos/links"
	"pangea/lab/loss"
	"pangea/lab/stack"
)

const lossHelp = `Brings the stack up if need be. Then, in each round: load as of "gen run" on the
routers, and a probe that writes to each region; at a random moment one region is
destroyed, database and log and all; a few seconds later it is brought back, empty;
when it serves, the load ends, and it waits for equal vectors and compares digests.
Then everything is read back from every region:

   - entries that a survivor had stored at the loss, and their content;
   - writes acknowledged with X-Ack: peer, claims of handles, and writes that a
     region acknowledged by itself and that was not destroyed after.

Those of former rounds are among them; of former handles, a sample. None may be missing:
it exits with 1 if any is, or if a round had none of a kind to check. Writes that the destroyed
region had acknowledged by itself may be: how many, and from how long before the
loss, is measured.

The same seed destroys the same regions at the same moments. A round takes about
20 s, and at most -limit. Ctrl-C ends it with a report of the rounds so far.

For example: lab loss -rounds 20 -seed 1`

// lossCommands are the experiment of lost regions.
func lossCommands() []*cli.Command {
	return []*cli.Command{{
		Name:        "loss",
		Usage:       "destroy regions under load, and check that nothing promised is missing",
		Description: lossHelp,
		Flags: []cli.Flag{
			&cli.IntFlag{Name: "rounds", Value: 20, Usage: "how many losses"},
			&cli.Uint64Flag{Name: "seed", Value: 1, Usage: "what the schedule and the load follow from"},
			&cli.FloatFlag{Name: "rate", Value: 1000, Usage: "operations per second on the routers"},
			&cli.StringFlag{Name: "region", Value: anyRegion, Usage: "the `REGION` to destroy"},
			&cli.DurationFlag{Name: "limit", Usage: "how long a round may take", DefaultText: "5m"},
			&cli.StringFlag{Name: "json", Usage: "`FILE` to leave the figures in"},
		},
		Action: withStack(runLoss),
	}}
}

const anyRegion = "any"

func runLoss(ctx context.Context, c *cli.Command, s *stack.Stack) error {
	experiment, err := newLoss(c, s)
	if err != nil {
		return err
	}
	file, err := figures(c.String("json"))
	if err != nil {
		return err
	}
	defer file.Close()
	if err := raise(ctx, c, s); err != nil {
		return err
	}
	report, err := experiment.Run(ctx)
	report.Machine.Commit = cmp.Or(report.Machine.Commit, commit(context.WithoutCancel(ctx), c.String("root")))
	report.Command = strings.Join(append([]string{filepath.Base(os.Args[0])}, os.Args[1:]...), " ")
	report.Print(c.Root().Writer)
	if err := json.NewEncoder(file).Encode(report); err != nil {
		return fmt.Errorf("write %s: %w", file.Name(), err)
	}
	if err == nil && report.Broken() > 0 {
		err = errors.New("promises were broken or not checked: the rounds above name them")
	}
	return err
}

func newLoss(c *cli.Command, s *stack.Stack) (*loss.Experiment, error) {
	out, topo := c.Root().Writer, s.Topology()
	cfg := loss.Config{
		Rounds: c.Int("rounds"), Seed: c.Uint64("seed"), Rate: c.Float("rate"), Limit: c.Duration("limit"), Progress: out,
	}
	if region := c.String("region"); region != anyRegion {
		cfg.Region = region
	}
	world := &chaos.World{Topology: topo, Network: links.Open(topo), Processes: s, Progress: out}
	return loss.New(cfg, topo, world, verifyQuietly(s, out))
}

// figures opens the file for them before hours are spent on them.
func figures(path string) (*os.File, error) {
	if path == "" {
		path = os.DevNull
	}
	return os.Create(path)
}

// verifyQuietly is verify for each of many rounds: it prints no report of regions that
// are equal.
func verifyQuietly(s *stack.Stack, out io.Writer) loss.Verify {
	return func(ctx context.Context) error {
		report, err := compare(ctx, regionURLs(s.Topology()), out)
		if err == nil {
			err = report.err()
		}
		if errors.Is(err, ErrDiverged) {
			report.write(out)
		}
		return err
	}
}

// commit is that of the checkout, "+" if anything was changed in it but the records that
// experiments leave there.
func commit(ctx context.Context, root string) string {
	id, err := exec.CommandContext(ctx, "git", "-C", root, "rev-parse", "HEAD").Output()
	if err != nil {
		return "" // no checkout, or no git
	}
	changes, err := exec.CommandContext(ctx, "git", "-C", root, "status", "--porcelain", "--", ".", ":(exclude)docs/results").Output()
	if err != nil || len(changes) > 0 {
		return strings.TrimSpace(string(id)) + "+"
	}
	return strings.TrimSpace(string(id))
}
