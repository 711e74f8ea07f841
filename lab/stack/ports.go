package stack

import (
	"context"
	"fmt"

	"pangea/lab/process"
)

// checkPorts names the first address that a part needs and somebody else holds,
// and says how many there are: another checkout's stack holds them all.
func checkPorts(ctx context.Context, parts []part) error {
	var taken []error
	for _, p := range parts {
		for _, address := range p.addresses {
			if err := process.CheckFree(ctx, address); err != nil {
				taken = append(taken, fmt.Errorf("%s cannot start: %w", p.name, err))
			}
		}
	}
	switch len(taken) {
	case 0:
		return nil
	case 1:
		return fmt.Errorf("%w: end that process, or change topology.yaml", taken[0])
	}
	return fmt.Errorf("%w, and %d more of the stack's addresses are taken: end what holds them, or change topology.yaml", taken[0], len(taken)-1)
}
