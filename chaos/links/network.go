package links

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"slices"
	"time"

	toxiproxy "github.com/Shopify/toxiproxy/v2/client"

	"pangea/region/topology"
)

// Network is the links of a topology, seen through toxiproxy's API.
type Network struct {
	topo   *topology.Topology
	client *toxiproxy.Client
}

// Open is the network of topo. It connects to nothing yet.
func Open(topo *topology.Topology) *Network {
	return &Network{topo: topo, client: toxiproxy.NewClient(topo.Links.API)}
}

// Lay creates every link of the topology that does not exist yet.
func (n *Network) Lay(ctx context.Context) error {
	proxies, err := n.proxies()
	if err != nil {
		return err
	}
	for _, l := range n.topo.AllLinks() {
		if err := ctx.Err(); err != nil {
			return err
		}
		if proxies[l.Name()] != nil {
			continue
		}
		if err := n.create(l); err != nil {
			return fmt.Errorf("create link %s: %w", l.Name(), err)
		}
	}
	return nil
}

// keepEvery is how long a restarted toxiproxy is without links, and with it the regions.
const keepEvery = time.Second

// Keep is Lay again and again, until ctx is cancelled. It writes a line to out when the
// links cannot be laid, and one when they are. A cut of a link stays what it is, but does
// not outlive toxiproxy.
func (n *Network) Keep(ctx context.Context, out io.Writer) error {
	tick := time.NewTicker(keepEvery)
	defer tick.Stop()
	for said := "nothing yet"; ; {
		now := "every link is laid"
		if err := n.Lay(ctx); err != nil {
			now = err.Error()
		}
		if ctx.Err() != nil {
			return nil
		}
		if now != said {
			fmt.Fprintln(out, now)
			said = now
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

// create opens the link only once it has its latency.
func (n *Network) create(l topology.Link) error {
	if l.Listen == "" {
		return errors.New("topology.yaml gives it no listener")
	}
	p := n.client.NewProxy()
	p.Name, p.Listen, p.Upstream = l.Name(), l.Listen, l.Upstream
	if err := p.Save(); err != nil {
		return err
	}
	if err := delay(p, n.topo.Distance(l.Dialer, l.Target), n.topo.Jitter); err != nil {
		return err
	}
	return p.Enable()
}

// pair is the four links between a and b.
func (n *Network) pair(a, b string) ([]topology.Link, error) {
	if _, err := n.topo.Region(a); err != nil {
		return nil, err
	}
	if _, err := n.topo.Region(b); err != nil {
		return nil, err
	}
	if a == b {
		return nil, fmt.Errorf("%s has no link to itself: name two of %v", a, n.topo.Names())
	}
	return slices.DeleteFunc(n.topo.AllLinks(), func(l topology.Link) bool {
		return (l.Dialer != a || l.Target != b) && (l.Dialer != b || l.Target != a)
	}), nil
}

// each does one thing to the proxy of each link.
func (n *Network) each(ctx context.Context, links []topology.Link, do func(topology.Link, *toxiproxy.Proxy) error) error {
	proxies, err := n.proxies()
	if err != nil {
		return err
	}
	for _, l := range links {
		if err := ctx.Err(); err != nil {
			return err
		}
		p := proxies[l.Name()]
		if p == nil {
			return fmt.Errorf("toxiproxy has no link %s: run `go tool task up`", l.Name())
		}
		if err := do(l, p); err != nil {
			return fmt.Errorf("change link %s: %w", l.Name(), err)
		}
	}
	return nil
}

func (n *Network) proxies() (map[string]*toxiproxy.Proxy, error) {
	proxies, err := n.client.Proxies()
	if transport := (*url.Error)(nil); errors.As(err, &transport) {
		return nil, fmt.Errorf("toxiproxy is not answering on %s: run `go tool task up` (%w)", n.topo.Links.API, transport.Err)
	}
	if err != nil {
		return nil, fmt.Errorf("list links: %w", err)
	}
	return proxies, nil
}
