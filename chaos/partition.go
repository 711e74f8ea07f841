package chaos

import (
	"context"
	"fmt"

	"pangea/chaos/links"
)

// Partition keeps the data of two regions ("us eu") from reaching each other, of one from
// reaching the other ("us>eu"), or a region from all others ("eu"). Healing it heals both
// ways.
func (w *World) Partition(words []string, mode string) (Fault, error) {
	e, err := parseExtent(w.Topology, words)
	if err != nil {
		return Fault{}, err
	}
	m := links.Mode(mode)
	health, ok := map[links.Mode]links.Health{links.Refuse: links.Refused, links.Blackhole: links.Blackholed}[m]
	if !ok {
		return Fault{}, misuse("unknown mode %q: the modes are %s and %s", mode, links.Refuse, links.Blackhole)
	}
	a, b := e.sides()
	broken := fmt.Sprintf("%s and %s cannot reach each other (%d links %s)", a, b, 4*len(e.pairs), health)
	if e.oneWay() {
		broken = fmt.Sprintf("%s's data does not reach %s (2 links %s)", a, b, health)
	}
	return Fault{
		Name: "partition " + e.String(),
		Inject: func(ctx context.Context) error {
			return e.each(func(p pair) error { return w.Network.Partition(ctx, p.a, p.b, p.direction(), m) })
		},
		Heal: func(ctx context.Context) error {
			return e.each(func(p pair) error { return w.Network.Heal(ctx, p.a, p.b) })
		},
		Broken: broken,
		Whole:  fmt.Sprintf("no link between %s and %s is cut", a, b),
		Cure:   "heal " + e.ends(),
	}, nil
}

func (p pair) direction() links.Direction {
	if p.oneWay {
		return links.OneWay
	}
	return links.BothWays
}
