package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/urfave/cli/v3"

	"pangea/chaos"
)

const description = `Faults hold until they are healed; every command may be repeated.

  chaos partition us eu        neither reaches the other
  chaos partition 'us>eu'      us's data does not reach eu, eu's still reaches us
  chaos heal us eu             ends what cuts us from eu; without a pair, every cut
  chaos latency us eu 300ms    sets a round trip; latency reset restores them all
  chaos kill eu                kill -9 of a region's process, or of postgres-eu,
  chaos start eu               router-eu, toxiproxy; start brings it back, a region
                               with its Postgres
  chaos destroy eu             the loss of a region with its disks: process, database
                               and log are gone; start brings it back, and it gets
                               from its peers what they had stored of it
  chaos status                 the regions and links as they are now
  chaos lay                    makes the links that toxiproxy lacks, as up does

A stack that "go tool task compose:up" started is broken and mended the same way.`

// action is what a command does to the world with its words. It returns the one
// line that is true afterwards.
type action func(ctx context.Context, c *cli.Command, w *chaos.World, words []string) (string, error)

func command() *cli.Command {
	root := &cli.Command{
		Name: "chaos", Usage: "break the running stack and mend it", Description: description,
		UsageText:       "chaos VERB [WORDS] [FLAGS]",
		HideHelpCommand: true,
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "root", Usage: "`DIR` with topology.yaml, where the stack runs", Value: "."},
			&cli.BoolFlag{Name: "named-hosts", Usage: "every part is on the host of its name, toxiproxy or links-us, as in containers", Sources: cli.EnvVars("PANGEA_NAMED_HOSTS")},
		},
		Commands: []*cli.Command{
			verb("partition", "A B | 'A>B'", "keep two regions, or one's data, apart", partition,
				&cli.StringFlag{Name: "mode", Usage: "refuse: close connections; blackhole: bytes vanish", Value: "refuse"}),
			verb("heal", "[A B]", "end the cuts between two regions, or all", heal),
			verb("latency", "A B RTT | reset", "set the round trip between two regions", latency,
				&cli.StringFlag{Name: "jitter", Usage: "plus or minus, on the round trip (default: the topology's)"}),
			verb("kill", "PART", "kill -9 a region or any other part", kill),
			verb("destroy", "REGION", "kill a region and its Postgres, and delete their data", destroy),
			verb("start", "PART", "start a part and wait until it serves", start),
			verb("status", "", "show regions and links", status),
			verb("lay", "", "make the links that toxiproxy lacks, with their latency", lay,
				&cli.BoolFlag{Name: "keep", Usage: "go on until stopped: a toxiproxy that restarts has forgotten them"}),
		},
	}
	root.Action = func(_ context.Context, c *cli.Command) error {
		if !c.Args().Present() {
			return &chaos.Misuse{Text: "name a verb: " + verbs(root)}
		}
		return &chaos.Misuse{Text: fmt.Sprintf("unknown verb %q: the verbs are %s", c.Args().First(), verbs(root))}
	}
	return misused(root)
}

func verb(name, words, usage string, do action, flags ...cli.Flag) *cli.Command {
	return misused(&cli.Command{
		Name: name, Usage: usage, Flags: flags, HideHelpCommand: true,
		UsageText: strings.TrimSpace("chaos " + name + " " + words),
		Action: func(ctx context.Context, c *cli.Command) error {
			w, err := world(c)
			if err != nil {
				return err
			}
			line, err := do(ctx, c, w, c.Args().Slice())
			if err == nil {
				fmt.Fprintln(c.Root().Writer, line)
			}
			return err
		},
	})
}

// misused makes a wrong flag one sentence instead of a page of help.
func misused(c *cli.Command) *cli.Command {
	c.OnUsageError = func(_ context.Context, c *cli.Command, err error, _ bool) error {
		return &chaos.Misuse{Text: fmt.Sprintf("%v: see chaos %s -help", err, c.Name)}
	}
	return c
}

func verbs(root *cli.Command) string {
	var names []string
	for _, c := range root.Commands {
		names = append(names, c.Name)
	}
	return strings.Join(names, ", ")
}
