package chaos

import (
	"context"
	"fmt"

	"pangea/chaos/links"
)

// Partition keeps the data of two regions ("us eu") from reaching each other,
// or of one from reaching the other ("us>eu"). Healing it heals both ways.
func (w *World) Partition(words []string, mode string) (Fault, error) {
	p, err := parsePair(w.Topology, words)
	if err != nil {
		return Fault{}, err
	}
	m := links.Mode(mode)
	health, ok := map[links.Mode]links.Health{links.Refuse: links.Refused, links.Blackhole: links.Blackholed}[m]
	if !ok {
		return Fault{}, misuse("unknown mode %q: the modes are %s and %s", mode, links.Refuse, links.Blackhole)
	}
	direction, broken := links.BothWays, fmt.Sprintf("%s and %s cannot reach each other (4 links %s)", p.a, p.b, health)
	if p.oneWay {
		direction, broken = links.OneWay, fmt.Sprintf("%s's data does not reach %s (2 links %s)", p.a, p.b, health)
	}
	return Fault{
		Name:   "partition " + p.String(),
		Inject: func(ctx context.Context) error { return w.Network.Partition(ctx, p.a, p.b, direction, m) },
		Heal:   func(ctx context.Context) error { return w.Network.Heal(ctx, p.a, p.b) },
		Broken: broken,
		Whole:  fmt.Sprintf("no link between %s and %s is cut", p.a, p.b),
		Cure:   fmt.Sprintf("heal %s %s", p.a, p.b),
	}, nil
}
