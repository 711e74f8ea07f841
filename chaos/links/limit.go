package links

import (
	"context"
	"fmt"

	toxiproxy "github.com/Shopify/toxiproxy/v2/client"

	"pangea/region/topology"
)

// The names of the two bandwidth toxics, one for each direction of the bytes.
const (
	limitUp   = "limit_up"
	limitDown = "limit_down"
)

// Limit bounds what each connection carries from a to b, and with BothWays what it carries
// from b to a, in kilobytes (1,000 bytes) a second. A rate of 0 ends the limit. Unlike a
// one-way cut, it concerns whatever a sends, whoever dialed.
func (n *Network) Limit(ctx context.Context, a, b string, d Direction, rate int64) error {
	if rate < 0 {
		return fmt.Errorf("a limit of %d KB/s: want 0 or more", rate)
	}
	links, err := n.pair(a, b)
	if err != nil {
		return err
	}
	return n.each(ctx, links, func(l topology.Link, p *toxiproxy.Proxy) error {
		if d == BothWays || l.Dialer == a {
			if err := limit(p, limitUp, "upstream", rate); err != nil {
				return err
			}
		}
		if d == BothWays || l.Target == a {
			return limit(p, limitDown, "downstream", rate)
		}
		return nil
	})
}

func limit(p *toxiproxy.Proxy, name, stream string, rate int64) error {
	if rate == 0 {
		return remove(p, name)
	}
	return replace(p, toxiproxy.Toxic{
		Name: name, Type: "bandwidth", Stream: stream, Toxicity: 1,
		Attributes: toxiproxy.Attributes{"rate": rate},
	})
}
