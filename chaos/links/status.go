package links

import (
	"context"
	"time"

	toxiproxy "github.com/Shopify/toxiproxy/v2/client"

	"pangea/region/topology"
)

// Health is whether a link carries bytes, and if not, how it fails.
type Health string

const (
	Healthy    Health = "healthy"
	Refused    Health = "refused"
	Blackholed Health = "blackholed"
	Missing    Health = "missing" // toxiproxy does not know the link
)

// LinkState is what toxiproxy does to one link now.
type LinkState struct {
	topology.Link               // Listen is the address in use
	RTT, Jitter   time.Duration // of a round trip through the link
	Up, Down      int64         // limits of what is sent to and by the target, in KB/s; 0 is none
	Health        Health
}

// Status is the state of every link of the topology, ordered by name.
func (n *Network) Status(ctx context.Context) ([]LinkState, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	proxies, err := n.proxies()
	if err != nil {
		return nil, err
	}
	links := n.topo.AllLinks()
	states := make([]LinkState, len(links))
	for i, l := range links {
		states[i] = state(l, proxies[l.Name()])
	}
	return states, nil
}

func state(l topology.Link, p *toxiproxy.Proxy) LinkState {
	if p == nil {
		return LinkState{Link: l, Health: Missing}
	}
	s := LinkState{Link: l, Health: Healthy}
	s.Listen = p.Listen
	for _, t := range p.ActiveToxics {
		switch t.Name {
		case latencyUp, latencyDown:
			s.RTT += milliseconds(t.Attributes["latency"])
			s.Jitter += milliseconds(t.Attributes["jitter"])
		case limitUp:
			s.Up = integer(t.Attributes["rate"])
		case limitDown:
			s.Down = integer(t.Attributes["rate"])
		case blackholeUp, blackholeDown:
			s.Health = Blackholed
		}
	}
	if !p.Enabled {
		s.Health = Refused
	}
	return s
}

func integer(attribute any) int64 {
	n, _ := attribute.(float64)
	return int64(n)
}

func milliseconds(attribute any) time.Duration {
	ms, _ := attribute.(float64)
	return time.Duration(ms * float64(time.Millisecond))
}
