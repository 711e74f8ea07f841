package links

import (
	"context"
	"errors"

	toxiproxy "github.com/Shopify/toxiproxy/v2/client"

	"pangea/region/topology"
)

// Restore makes the links between a and b what the topology says: not cut, at the usual
// distance, without a limit.
func (n *Network) Restore(ctx context.Context, a, b string) error {
	links, err := n.pair(a, b)
	if err != nil {
		return err
	}
	return n.each(ctx, links, n.restore)
}

// RestoreAll restores every link.
func (n *Network) RestoreAll(ctx context.Context) error {
	return n.each(ctx, n.topo.AllLinks(), n.restore)
}

// restore opens the link last, so that it carries its latency from the first byte on.
func (n *Network) restore(l topology.Link, p *toxiproxy.Proxy) error {
	return errors.Join(
		limit(p, limitUp, "upstream", 0),
		limit(p, limitDown, "downstream", 0),
		delay(p, n.topo.Distance(l.Dialer, l.Target), n.topo.Jitter),
		heal(l, p))
}
