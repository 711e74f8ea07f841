package chaos

import (
	"context"
	"fmt"
)

// Heal makes links and clocks what the topology says: the links of a pair ("us eu"), the
// links and the clock of a region ("eu"), or without words all of them. It brings no part
// back that was killed, paused or destroyed, and no data: the first is for a start, the
// second for the region's peers.
func (w *World) Heal(words []string) (Act, error) {
	if len(words) == 0 {
		return Act{
			Do:   w.healAll,
			Says: "every link and every clock is as in topology.yaml; what was killed, paused or destroyed waits for its start",
		}, nil
	}
	e, err := parseExtent(w.Topology, words)
	if err != nil {
		return Act{}, err
	}
	a, b := e.sides()
	act := Act{
		Do: func(ctx context.Context) error {
			return e.each(func(p pair) error { return w.Network.Restore(ctx, p.a, p.b) })
		},
		Says: fmt.Sprintf("no link between %s and %s is cut, slow or limited", a, b),
	}
	if e.region != "" {
		links := act.Do
		act.Do = func(ctx context.Context) error {
			if err := links(ctx); err != nil {
				return err
			}
			return w.unskew(ctx, e.region)
		}
		act.Says = fmt.Sprintf("every link and the clock of %s are as in topology.yaml", e.region)
	}
	return act, nil
}

func (w *World) healAll(ctx context.Context) error {
	if err := w.Network.RestoreAll(ctx); err != nil {
		return err
	}
	for _, name := range w.Topology.Names() {
		if err := w.unskew(ctx, name); err != nil {
			return err
		}
	}
	return nil
}
