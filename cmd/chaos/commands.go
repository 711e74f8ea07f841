package main

import (
	"context"
	"fmt"

	"github.com/urfave/cli/v3"

	"pangea/chaos"
	"pangea/chaos/script"
)

const description = `Faults hold until they are healed; every command may be repeated.

Links, of two regions, of one way ('us>eu' is us's data on its way to eu), or of one region:
  chaos partition us eu            neither reaches the other; connections are refused
  chaos partition eu               eu is cut off from all others
  chaos partition 'us>eu' -mode blackhole    bytes vanish: nobody is told
  chaos latency us eu 300ms -jitter 50ms     sets a round trip
  chaos bandwidth us eu 512KB/s    bounds what each connection carries
Clocks:
  chaos skew eu -200ms             eu's clock steps to 200 ms behind, and stays so over a kill
chaos heal, heal us eu, heal eu: all of these are as in topology.yaml again.

Parts: eu is its region's process; postgres-eu, router-eu, toxiproxy:
  chaos kill eu                    kill -9
  chaos pause postgres-eu          kill -STOP: it takes connections and answers nothing
  chaos destroy eu                 the loss of a region with its disks
  chaos start eu                   what is dead starts, a region with its Postgres, what is
                                   paused goes on; after a destroy, with what peers have of it

Scenarios are files of such commands and their times:
  chaos play chaos/scenarios/lost-region.txt
  chaos status                     all of it in a picture
  chaos lay                        makes the links that toxiproxy lacks, as up does

A stack that "go tool task compose:up" started is broken and mended the same way.`

func command() *cli.Command {
	root := &cli.Command{
		Name: "chaos", Usage: "break the running stack and mend it", Description: description,
		UsageText:       "chaos VERB [WORDS] [FLAGS]",
		HideHelpCommand: true,
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "root", Usage: "`DIR` with topology.yaml, where the stack runs", Value: "."},
			&cli.BoolFlag{Name: "named-hosts", Usage: "every part is on the host of its name, toxiproxy or links-us, as in containers", Sources: cli.EnvVars("PANGEA_NAMED_HOSTS")},
		},
		Commands: append(script.Commands(world, do), play(), status(), lay()),
		Action:   script.NoVerb,
	}
	return script.Misused(root)
}

// do does an act, and says what is true then and how to undo it.
func do(ctx context.Context, c *cli.Command, act chaos.Act) error {
	if err := act.Do(ctx); err != nil {
		return err
	}
	line := act.Says
	if act.Cure != "" {
		line += ". Heal with: go tool task chaos -- " + act.Cure
	}
	fmt.Fprintln(c.Root().Writer, line)
	return nil
}

func play() *cli.Command {
	return script.Misused(&cli.Command{
		Name: "play", Usage: "play a scenario, and mend what it broke", HideHelpCommand: true,
		UsageText: "chaos play FILE",
		Description: "The file is checked first, and then done line by line. Ctrl-C ends it, and mends what it\n" +
			"broke; a second Ctrl-C ends that too. chaos/scenarios has some.",
		Flags: []cli.Flag{
			&cli.BoolFlag{Name: "dry-run", Usage: "check it and print the timeline, no more"},
			&cli.FloatFlag{Name: "speed", Usage: "`TIMES` as fast as written", Value: 1},
		},
		Action: func(ctx context.Context, c *cli.Command) error {
			w, err := world(ctx, c)
			if err != nil {
				return err
			}
			if c.NArg() != 1 {
				return &chaos.Misuse{Text: "name one file, such as chaos/scenarios/lost-region.txt"}
			}
			scenario, err := script.Load(c.Args().First(), w)
			if err != nil {
				return err
			}
			if c.Bool("dry-run") {
				fmt.Fprint(c.Root().Writer, scenario)
				return nil
			}
			return scenario.Play(ctx, c.Root().Writer, c.Float("speed"))
		},
	})
}

func status() *cli.Command {
	return script.Misused(&cli.Command{
		Name: "status", Usage: "show regions and links", HideHelpCommand: true, UsageText: "chaos status",
		Action: func(ctx context.Context, c *cli.Command) error {
			if c.Args().Present() {
				return &chaos.Misuse{Text: "status takes no words: it shows every region and link"}
			}
			w, err := world(ctx, c)
			if err != nil {
				return err
			}
			fmt.Fprint(c.Root().Writer, w.Status(ctx))
			return nil
		},
	})
}

func lay() *cli.Command {
	return script.Misused(&cli.Command{
		Name: "lay", Usage: "make the links that toxiproxy lacks, with their latency", HideHelpCommand: true, UsageText: "chaos lay",
		Flags: []cli.Flag{&cli.BoolFlag{Name: "keep", Usage: "go on until stopped: a toxiproxy that restarts has forgotten them"}},
		Action: func(ctx context.Context, c *cli.Command) error {
			if c.Args().Present() {
				return &chaos.Misuse{Text: "lay takes no words: it makes every link of topology.yaml"}
			}
			w, err := world(ctx, c)
			if err != nil {
				return err
			}
			if c.Bool("keep") {
				return w.Network.Keep(ctx, c.Root().Writer)
			}
			if err := w.Network.Lay(ctx); err != nil {
				return err
			}
			fmt.Fprintln(c.Root().Writer, "every link is laid")
			return nil
		},
	})
}
