package running

import (
	"context"
	"slices"
	"time"

	"pangea/chaos"
	"pangea/compose"
	"pangea/lab/stack"
)

// Processes are parts that can be broken, and measured.
type Processes interface {
	chaos.Processes

	// Pids are those of the parts that are alive, by name, as far as they are on this
	// machine.
	Pids() (map[string]int, error)
}

// Parts are those of the local stack, unless none of them is alive and there are
// containers instead. It need not be that any is alive.
func Parts(ctx context.Context, local *stack.Stack, root string) (Processes, error) {
	if Any(local) {
		return local, nil
	}
	containers, err := compose.Open(root)
	if err != nil {
		return nil, err
	}
	if containers.Exists(ctx) {
		return contained{containers, local}, nil
	}
	return local, nil
}

// Any reports whether any of the parts is alive.
func Any(parts chaos.Processes) bool { return slices.ContainsFunc(parts.PartNames(), parts.Alive) }

// contained are the parts in containers. Their clocks follow the files that those of the
// local stack follow.
type contained struct {
	*compose.Stack
	clocks *stack.Stack
}

func (c contained) Skew(region string, by time.Duration) error { return c.clocks.Skew(region, by) }
func (c contained) Unskew(region string) error                 { return c.clocks.Unskew(region) }
