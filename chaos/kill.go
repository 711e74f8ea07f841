package chaos

import (
	"context"
	"slices"
	"strings"
)

// Kill is the sudden death of one part of the local stack; a region's name means
// its process. Healing it starts the part with its data and waits until it serves; a
// region's Postgres is started before it, if that is dead too.
func (w *World) Kill(words []string) (Fault, error) {
	part, err := w.part(words)
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
		Slow:   true,
	}, nil
}

// Pause makes one part stand still with all that it holds: connections stay and are
// accepted, and nothing is answered. Healing it lets the part go on, and waits as after a
// kill.
func (w *World) Pause(words []string) (Fault, error) {
	f, err := w.Kill(words)
	if err != nil {
		return Fault{}, err
	}
	part, _ := w.part(words)
	f.Name = "pause " + part
	f.Inject = func(ctx context.Context) error { return w.Processes.Pause(ctx, part) }
	f.Broken = part + " stands still (kill -STOP)"
	return f, nil
}

// part reads the name of one part.
func (w *World) part(words []string) (string, error) {
	parts := w.Processes.PartNames()
	if len(words) == 1 && slices.Contains(w.Topology.Names(), words[0]) {
		return regionPart(words[0]), nil
	}
	if len(words) == 1 && slices.Contains(parts, words[0]) {
		return words[0], nil
	}
	return "", misuse("%q is not one part of the stack: the parts are %s and %s",
		strings.Join(words, " "), names(w.Topology), strings.Join(parts, ", "))
}
