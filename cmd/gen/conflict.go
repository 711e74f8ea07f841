package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/urfave/cli/v3"

	"pangea/gen"
	"pangea/gen/conflict"
	"pangea/gen/workload"
)

const conflictHelp = `Each pair has a key of its own, and two of the regions, which are asked straight. Both
writes are sent at once, or the second -gap later: as long as that is less than the
way between the two, neither region has heard of the other's write. With -seen the
second waits until its region shows the first, and is no conflict but an overwrite.

Then every key is read from every region. A profile keeps one write of each pair and
loses the other; a counter, a set of tags and an object of prefs keep both. It exits
with 1 if the regions differ, hold what nobody wrote, or lose what the class keeps.

The same -seed gives the same keys, regions and moments in each class. Pairs that were
fired before on the same stack are still there: take another -seed, or -prefix.

Examples:
   gen conflict -class profile -pairs 10000
   gen conflict -class counter -pairs 10000
   gen conflict -class profile -gap 20ms -only us,eu`

func conflictCommand() *cli.Command {
	return &cli.Command{
		Name:        "conflict",
		Usage:       "fire pairs of writes at one key from two regions, and see what is left of them",
		Description: conflictHelp,
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "class", Value: "profile", Usage: "profile, counter, tags or prefs"},
			&cli.IntFlag{Name: "pairs", Value: 1000, Usage: "how many"},
			&cli.FloatFlag{Name: "rate", Value: 500, Usage: "pairs per second"},
			&cli.DurationFlag{Name: "gap", Usage: "how long after the first write the second is sent"},
			&cli.BoolFlag{Name: "seen", Usage: "the second write is made by who has seen the first"},
			&cli.StringFlag{Name: "only", Usage: "`REGIONS` to write to, with commas", DefaultText: "all"},
			&cli.Uint64Flag{Name: "seed", Value: 1, Usage: "what the pairs follow from"},
			&cli.StringFlag{Name: "prefix", Usage: "what every key starts with", DefaultText: "c<seed>-"},
			&cli.DurationFlag{Name: "wait", Value: 15 * time.Second, Usage: "how long the regions may take to agree"},
			&cli.StringFlag{Name: "json", Usage: "`FILE` to leave each pair in, a line of JSON each"},
			topologyFlag(),
		},
		Action: runConflict,
	}
}

func runConflict(ctx context.Context, cmd *cli.Command) error {
	cfg, err := conflictConfig(cmd)
	if err != nil {
		return err
	}
	c, err := conflict.New(cfg)
	if err != nil {
		return err
	}
	defer c.Close()
	shots := c.Fire(ctx)
	report, err := c.Judge(context.WithoutCancel(ctx), shots)
	if err != nil {
		return err
	}
	report.Print(os.Stdout)
	if file := cmd.String("json"); file != "" {
		if err := writeLines(file, report.Verdicts); err != nil {
			return err
		}
	}
	return report.Err()
}

func conflictConfig(cmd *cli.Command) (cfg conflict.Config, err error) {
	top, err := world(cmd)
	if err != nil {
		return cfg, err
	}
	class := slices.IndexFunc(workload.Classes(), func(c workload.Class) bool { return c.String() == cmd.String("class") })
	if class < 0 {
		return cfg, fmt.Errorf("class: there is no class %q: use profile, counter, tags or prefs", cmd.String("class"))
	}
	cfg = conflict.Config{
		Class: workload.Classes()[class], Regions: gen.Regions(top), Pairs: cmd.Int("pairs"), Rate: cmd.Float("rate"),
		Gap: cmd.Duration("gap"), Seen: cmd.Bool("seen"), Seed: cmd.Uint64("seed"), Prefix: cmd.String("prefix"),
		Wait: cmd.Duration("wait"), Progress: os.Stderr,
	}
	if only := cmd.String("only"); only != "" {
		cfg.Writers = strings.Split(only, ",")
	}
	if cfg.Prefix == "" {
		cfg.Prefix = fmt.Sprintf("c%d-", cfg.Seed)
	}
	return cfg, nil
}

func writeLines[T any](path string, lines []T) error {
	f, err := os.Create(path)
	if err != nil {
		return fmt.Errorf("write the pairs: %w", err)
	}
	encoder := json.NewEncoder(f)
	for _, line := range lines {
		if err := encoder.Encode(line); err != nil {
			return fmt.Errorf("write the pairs: %w", err)
		}
	}
	return f.Close()
}
