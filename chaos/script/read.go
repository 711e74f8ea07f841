package script

import (
	"context"

	"github.com/urfave/cli/v3"

	"pangea/chaos"
)

// fault reads a verb that breaks something and has no flags.
func fault(read func(*chaos.World, []string) (chaos.Fault, error)) func(*chaos.World, []string, *cli.Command) (chaos.Act, error) {
	return func(w *chaos.World, words []string, _ *cli.Command) (chaos.Act, error) {
		f, err := read(w, words)
		return f.Break(), err
	}
}

func partition(w *chaos.World, words []string, c *cli.Command) (chaos.Act, error) {
	f, err := w.Partition(words, c.String("mode"))
	return f.Break(), err
}

func latency(w *chaos.World, words []string, c *cli.Command) (chaos.Act, error) {
	if len(words) == 1 && words[0] == "reset" {
		return chaos.Act{Do: w.Network.ResetLatency, Says: "every link has the round trip of the topology"}, nil
	}
	f, err := w.Latency(words, c.String("jitter"))
	return f.Break(), err
}

func heal(w *chaos.World, words []string, _ *cli.Command) (chaos.Act, error) { return w.Heal(words) }

func start(w *chaos.World, words []string, _ *cli.Command) (chaos.Act, error) {
	f, err := w.Kill(words)
	return f.Mend(), err
}

// line reads a command as it stands in a file.
func line(w *chaos.World, words []string) (act chaos.Act, err error) {
	root := Misused(&cli.Command{
		Name: "chaos", HideHelp: true, Action: NoVerb,
		Commands: Commands(
			func(context.Context, *cli.Command) (*chaos.World, error) { return w, nil },
			func(_ context.Context, _ *cli.Command, read chaos.Act) error { act = read; return nil }),
	})
	for _, c := range root.Commands {
		c.HideHelp = true
	}
	return act, root.Run(context.Background(), append([]string{root.Name}, words...))
}
