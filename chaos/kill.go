package chaos

import (
	"context"
	"slices"
	"strings"

	"pangea/region/topology"
)

const toxiproxy = "toxiproxy"

// Kill is the sudden death of one part of the local stack; a region's name means
// its process. Healing it starts the part with its data and waits until it serves.
func (w *World) Kill(words []string) (Fault, error) {
	part, err := parsePart(w.Topology, words)
	if err != nil {
		return Fault{}, err
	}
	return Fault{
		Name:   "kill " + part,
		Inject: func(context.Context) error { return w.Processes.Kill(part) },
		Heal:   func(ctx context.Context) error { return w.revive(ctx, part) },
		Broken: part + " is dead (kill -9)",
		Whole:  part + " is up",
		Cure:   "start " + strings.TrimPrefix(part, "region-"),
	}, nil
}

func (w *World) revive(ctx context.Context, part string) error {
	if err := w.Processes.Start(ctx, part); err != nil {
		return err
	}
	if part == toxiproxy {
		return w.Network.Lay(ctx) // it forgot its links when it died
	}
	return w.awaitServing(ctx, part)
}

func parsePart(topo *topology.Topology, words []string) (string, error) {
	parts := []string{toxiproxy}
	for _, region := range topo.Names() {
		parts = append(parts, "region-"+region, "postgres-"+region, "router-"+region)
	}
	if len(words) == 1 && slices.Contains(topo.Names(), words[0]) {
		return "region-" + words[0], nil
	}
	if len(words) == 1 && slices.Contains(parts, words[0]) {
		return words[0], nil
	}
	return "", misuse("%q is not one part of the stack: the parts are %s, %s", strings.Join(words, " "), names(topo), strings.Join(parts, ", "))
}
