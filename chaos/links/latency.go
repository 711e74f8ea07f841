package links

import (
	"context"
	"errors"
	"fmt"
	"time"

	toxiproxy "github.com/Shopify/toxiproxy/v2/client"

	"pangea/region/topology"
)

// The names of the two latency toxics, one for each direction of the bytes.
const (
	latencyUp   = "latency_up"
	latencyDown = "latency_down"
)

// Latency sets the round trip between a and b, plus or minus jitter, on all
// four links. Open connections keep working.
func (n *Network) Latency(ctx context.Context, a, b string, rtt, jitter time.Duration) error {
	if rtt < 0 || jitter < 0 || jitter > rtt {
		return fmt.Errorf("round trip %v with jitter %v: want 0 <= jitter <= round trip", rtt, jitter)
	}
	links, err := n.pair(a, b)
	if err != nil {
		return err
	}
	return n.each(ctx, links, func(_ topology.Link, p *toxiproxy.Proxy) error {
		return delay(p, rtt, jitter)
	})
}

// ResetLatency gives every link the round trip of the topology again.
func (n *Network) ResetLatency(ctx context.Context) error {
	return n.each(ctx, n.topo.AllLinks(), func(l topology.Link, p *toxiproxy.Proxy) error {
		return delay(p, n.topo.Distance(l.Dialer, l.Target), n.topo.Jitter)
	})
}

// delay puts half of the round trip on either direction; an odd millisecond goes down.
func delay(p *toxiproxy.Proxy, rtt, jitter time.Duration) error {
	up, upJitter := rtt.Milliseconds()/2, jitter.Milliseconds()/2
	down, downJitter := rtt.Milliseconds()-up, jitter.Milliseconds()-upJitter
	return errors.Join(
		replace(p, latencyToxic(latencyUp, "upstream", up, upJitter)),
		replace(p, latencyToxic(latencyDown, "downstream", down, downJitter)))
}

func latencyToxic(name, stream string, latency, jitter int64) toxiproxy.Toxic {
	return toxiproxy.Toxic{
		Name: name, Type: "latency", Stream: stream, Toxicity: 1,
		Attributes: toxiproxy.Attributes{"latency": latency, "jitter": jitter},
	}
}
