package main

import (
	"context"
	"fmt"

	"pangea/chaos/links"
	"pangea/dashboards/console"
	"pangea/region/topology"
)

// wires asks toxiproxy what it does to the links, or is nil in a world without it. It is
// for one caller at a time.
func wires(top *topology.Topology) func(context.Context) ([]console.Wire, error) {
	if len(top.Links.Listeners) == 0 {
		return nil
	}
	network := links.Open(top)
	type answer struct {
		states []links.LinkState
		err    error
	}
	asked, answered := false, make(chan answer, 1) // toxiproxy's client knows no context: it gives up by itself
	return func(ctx context.Context) ([]console.Wire, error) {
		select {
		case <-answered: // too late for who has asked
			asked = false
		default:
		}
		if !asked {
			asked = true
			go func() {
				states, err := network.Status(ctx)
				answered <- answer{states, err}
			}()
		}
		select {
		case a := <-answered:
			asked = false
			return directed(a.states), a.err
		case <-ctx.Done():
			return nil, fmt.Errorf("toxiproxy on %s does not answer in time", top.Links.API)
		}
	}
}

// directed turns the links, named by who dials, into the ways of the data. A way is
// healthy if both its protocols are, and as slow as the slower one.
func directed(states []links.LinkState) []console.Wire {
	type way struct{ from, to string }
	var wires []console.Wire
	index := map[way]int{}
	for _, s := range states {
		w := way{s.Target, s.Dialer}
		i, known := index[w]
		if !known {
			i, index[w] = len(wires), len(wires)
			wires = append(wires, console.Wire{From: w.from, To: w.to, RTT: s.RTT, Jitter: s.Jitter, State: string(s.Health)})
		}
		wires[i].RTT, wires[i].Jitter = max(wires[i].RTT, s.RTT), max(wires[i].Jitter, s.Jitter)
		if s.Health != links.Healthy {
			wires[i].State = string(s.Health)
		}
	}
	return wires
}
