package main

import (
	"context"
	"fmt"

	"github.com/urfave/cli/v3"

	"pangea/chaos"
	"pangea/chaos/links"
)

func partition(ctx context.Context, c *cli.Command, w *chaos.World, words []string) (string, error) {
	f, err := w.Partition(words, c.String("mode"))
	if err != nil {
		return "", err
	}
	return broken(f), f.Inject(ctx)
}

// heal of a pair ends what any partition of it did, whatever its mode.
func heal(ctx context.Context, _ *cli.Command, w *chaos.World, words []string) (string, error) {
	if len(words) == 0 {
		return "no link is cut", w.Network.HealAll(ctx)
	}
	f, err := w.Partition(words, string(links.Refuse))
	if err != nil {
		return "", err
	}
	return f.Whole, f.Heal(ctx)
}

func latency(ctx context.Context, c *cli.Command, w *chaos.World, words []string) (string, error) {
	if len(words) == 1 && words[0] == "reset" {
		return "every link has the round trip of the topology", w.Network.ResetLatency(ctx)
	}
	f, err := w.Latency(words, c.String("jitter"))
	if err != nil {
		return "", err
	}
	return broken(f), f.Inject(ctx)
}

func kill(ctx context.Context, _ *cli.Command, w *chaos.World, words []string) (string, error) {
	f, err := w.Kill(words)
	if err != nil {
		return "", err
	}
	return broken(f), f.Inject(ctx)
}

func destroy(ctx context.Context, _ *cli.Command, w *chaos.World, words []string) (string, error) {
	f, err := w.Destroy(words)
	if err != nil {
		return "", err
	}
	return broken(f), f.Inject(ctx)
}

func start(ctx context.Context, _ *cli.Command, w *chaos.World, words []string) (string, error) {
	f, err := w.Kill(words)
	if err != nil {
		return "", err
	}
	return f.Whole, f.Heal(ctx)
}

func status(ctx context.Context, _ *cli.Command, w *chaos.World, words []string) (string, error) {
	if len(words) > 0 {
		return "", &chaos.Misuse{Text: "status takes no words: it shows every region and link"}
	}
	return w.Status(ctx).String(), nil
}

func lay(ctx context.Context, c *cli.Command, w *chaos.World, words []string) (string, error) {
	if len(words) > 0 {
		return "", &chaos.Misuse{Text: "lay takes no words: it makes every link of topology.yaml"}
	}
	if c.Bool("keep") {
		return "stopped; the links stay", w.Network.Keep(ctx, c.Root().Writer)
	}
	return "every link is laid", w.Network.Lay(ctx)
}

func broken(f chaos.Fault) string {
	return fmt.Sprintf("%s. Heal with: go tool task chaos -- %s", f.Broken, f.Cure)
}
