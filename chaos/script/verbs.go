package script

import (
	"context"
	"fmt"
	"strings"

	"github.com/urfave/cli/v3"

	"pangea/chaos"
)

// verb is one word of the language, and how what follows it is read.
type verb struct {
	name, words, usage string
	flags              []cli.Flag
	read               func(w *chaos.World, words []string, c *cli.Command) (chaos.Act, error)
}

// verbs makes the table anew: a flag remembers what it was set to.
func verbs() []verb {
	mode := &cli.StringFlag{Name: "mode", Usage: "refuse: connections are closed and refused; blackhole: they stay, bytes vanish", Value: "refuse"}
	jitter := &cli.StringFlag{Name: "jitter", Usage: "plus or minus, on the round trip (default: the topology's)"}
	return []verb{
		{"partition", "A B | 'A>B' | A", "keep two regions, one's data, or one region from all, apart", []cli.Flag{mode}, partition},
		{"latency", "A B RTT | reset", "set the round trip between two regions", []cli.Flag{jitter}, latency},
		{"bandwidth", "A B RATE | 'A>B' RATE | A RATE", "bound what each connection carries, such as 512KB/s", nil, fault((*chaos.World).Bandwidth)},
		{"skew", "REGION TIME", "set a region's clock ahead, or behind by -200ms", nil, fault((*chaos.World).Skew)},
		{"heal", "[A B | A]", "end what was done to links and clocks: of two regions, of one, or of all", nil, heal},
		{"kill", "PART", "kill -9 a region, or its database, or its router", nil, fault((*chaos.World).Kill)},
		{"pause", "PART", "kill -STOP it: it keeps its connections and answers nothing", nil, fault((*chaos.World).Pause)},
		{"destroy", "REGION", "kill a region and its Postgres, and delete their data", nil, fault((*chaos.World).Destroy)},
		{"start", "PART", "start what is dead, let go on what is paused, and wait until it serves", nil, start},
		{"resume", "PART", "the same as start", nil, start},
	}
}

// Commands are the verbs as commands of a program. Each reads its words for a world, and
// hands over what they mean.
func Commands(world func(context.Context, *cli.Command) (*chaos.World, error), take func(context.Context, *cli.Command, chaos.Act) error) []*cli.Command {
	var commands []*cli.Command
	for _, v := range verbs() {
		commands = append(commands, Misused(&cli.Command{
			Name: v.name, Usage: v.usage, Flags: v.flags, HideHelpCommand: true,
			UsageText: strings.TrimSpace("chaos " + v.name + " " + v.words),
			Action: func(ctx context.Context, c *cli.Command) error {
				w, err := world(ctx, c)
				if err != nil {
					return err
				}
				act, err := v.read(w, c.Args().Slice(), c)
				if err != nil {
					return err
				}
				return take(ctx, c, act)
			},
		}))
	}
	return commands
}

// Misused makes a wrong flag one sentence instead of a page of help.
func Misused(c *cli.Command) *cli.Command {
	c.OnUsageError = func(_ context.Context, c *cli.Command, err error, _ bool) error {
		return &chaos.Misuse{Text: fmt.Sprintf("%v: see chaos %s -help", err, c.Name)}
	}
	return c
}

// NoVerb is the action of a program that got no verb, or none of its own.
func NoVerb(_ context.Context, root *cli.Command) error {
	var names []string
	for _, c := range root.Commands {
		names = append(names, c.Name)
	}
	if !root.Args().Present() {
		return &chaos.Misuse{Text: "name a verb: " + strings.Join(names, ", ")}
	}
	return &chaos.Misuse{Text: fmt.Sprintf("unknown verb %q: the verbs are %s", root.Args().First(), strings.Join(names, ", "))}
}
