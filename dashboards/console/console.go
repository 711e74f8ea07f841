package console

import (
	"context"
	"encoding/json"
	"net/http"
	"time"

	"pangea/region/topology"
)

// Console serves the page and what it shows.
type Console struct {
	cfg    Config
	top    *topology.Topology
	hub    *hub
	routes http.Handler
	doing  chan struct{} // a place for each fault that is being done
}

// New validates the configuration; it asks nobody yet.
func New(cfg Config, top *topology.Topology) (*Console, error) {
	cfg = cfg.withDefaults()
	if err := cfg.validate(); err != nil {
		return nil, err
	}
	c := &Console{cfg: cfg, top: top, hub: newHub(), doing: make(chan struct{}, maxFaults)}
	c.routes = c.mux()
	return c, nil
}

// Run gathers while anybody watches, until ctx ends. Then it ends all streams.
func (c *Console) Run(ctx context.Context) error {
	defer c.hub.close()
	g := newGatherer(c.cfg, c.top)
	defer g.close()
	tick := time.NewTicker(c.cfg.Interval)
	defer tick.Stop()
	for {
		for !c.hub.watched() {
			select {
			case <-c.hub.wake:
			case <-ctx.Done():
				return nil
			}
		}
		c.publish(g.gather(ctx))
		select {
		case <-tick.C:
		case <-ctx.Done():
			return nil
		}
	}
}

// publish leaves out what cannot be sent: clients use the router whatever the console shows.
func (c *Console) publish(s *Snapshot) {
	data, err := json.Marshal(s)
	if err != nil {
		c.cfg.Log.Error("encode snapshot of the console", "err", err)
		return
	}
	c.hub.publish(message{id: s.At.UnixMilli(), data: data})
}

// world is what the page is laid out by.
func (c *Console) world() World {
	w := World{Title: c.cfg.Title, Regions: c.top.Names(), Pairs: []Pair{}, Faults: c.cfg.Chaos != "", Charts: built()}
	for i, a := range w.Regions {
		for _, b := range w.Regions[i+1:] {
			w.Pairs = append(w.Pairs, Pair{A: a, B: b, RTT: c.top.Distance(a, b).Seconds()})
		}
	}
	return w
}
