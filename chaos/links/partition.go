package links

import (
	"context"
	"errors"
	"fmt"
	"slices"

	toxiproxy "github.com/Shopify/toxiproxy/v2/client"

	"pangea/region/topology"
)

// Direction says whose data a partition stops.
type Direction int

const (
	BothWays Direction = iota // neither region's data reaches the other
	OneWay                    // the first region's data does not reach the second
)

// Mode is how a cut link fails.
type Mode string

const (
	Refuse    Mode = "refuse"    // connections are closed, and refused from then on
	Blackhole Mode = "blackhole" // connections stay and are accepted, bytes vanish
)

// The names of the two toxics of a blackhole.
const (
	blackholeUp   = "blackhole_up"
	blackholeDown = "blackhole_down"
)

// Partition cuts the links between a and b: all four, or with OneWay the two by
// which b reaches a, since they carry a's data.
func (n *Network) Partition(ctx context.Context, a, b string, d Direction, m Mode) error {
	if m != Refuse && m != Blackhole {
		return fmt.Errorf("unknown mode %q: use %s or %s", m, Refuse, Blackhole)
	}
	links, err := n.pair(a, b)
	if err != nil {
		return err
	}
	if d == OneWay {
		links = slices.DeleteFunc(links, func(l topology.Link) bool { return l.Dialer != b })
	}
	return n.each(ctx, links, func(_ topology.Link, p *toxiproxy.Proxy) error { return cut(p, m) })
}

// Heal ends every cut between a and b. Connections that were in a blackhole are closed.
func (n *Network) Heal(ctx context.Context, a, b string) error {
	links, err := n.pair(a, b)
	if err != nil {
		return err
	}
	return n.each(ctx, links, heal)
}

// HealAll ends every cut.
func (n *Network) HealAll(ctx context.Context) error {
	return n.each(ctx, n.topo.AllLinks(), heal)
}

// cut changes the mode of a link that is cut already without opening it for a moment.
func cut(p *toxiproxy.Proxy, m Mode) error {
	if m == Refuse {
		return p.Disable()
	}
	err := errors.Join(add(p, timeoutToxic(blackholeUp, "upstream")), add(p, timeoutToxic(blackholeDown, "downstream")))
	if err != nil || p.Enabled {
		return err
	}
	return p.Enable()
}

func heal(_ topology.Link, p *toxiproxy.Proxy) error {
	err := errors.Join(remove(p, blackholeUp), remove(p, blackholeDown))
	if err != nil || p.Enabled {
		return err
	}
	return p.Enable()
}

// timeoutToxic drops every byte and, with no timeout, never closes the connection.
func timeoutToxic(name, stream string) toxiproxy.Toxic {
	return toxiproxy.Toxic{
		Name: name, Type: "timeout", Stream: stream, Toxicity: 1,
		Attributes: toxiproxy.Attributes{"timeout": 0},
	}
}
