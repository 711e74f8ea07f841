package chaos

import (
	"context"
	"slices"
	"strings"
)

// Destroy is the loss of a region with its disks: its process, its database and its
// log are gone; its router stays. Healing it starts the region on empty disks and
// waits until it serves: it has then got back what a peer had stored, no more.
func (w *World) Destroy(words []string) (Fault, error) {
	if len(words) != 1 || !slices.Contains(w.Topology.Names(), words[0]) {
		return Fault{}, misuse("%q is not one region: the regions are %s", strings.Join(words, " "), names(w.Topology))
	}
	region := words[0]
	return Fault{
		Name:   "destroy " + region,
		Inject: func(ctx context.Context) error { return w.Processes.Destroy(ctx, region) },
		Heal:   func(ctx context.Context) error { return w.revive(ctx, regionPart(region)) },
		Broken: region + " is destroyed: its process, its database and its log are gone",
		Whole:  region + " is up again, with what its peers had of it",
		Cure:   "start " + region,
		Slow:   true,
	}, nil
}
