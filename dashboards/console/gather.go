package console

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"sync"
	"time"

	"pangea/crdt"
	"pangea/region/topology"
)

// gatherer makes snapshots. One goroutine uses it.
type gatherer struct {
	cfg      Config
	top      *topology.Topology
	client   *http.Client
	sources  []*source // in the order of the topology
	heads    []heads   // of each region's current log
	comparer *comparer
	last     last
}

func newGatherer(cfg Config, top *topology.Topology) *gatherer {
	g := &gatherer{cfg: cfg, top: top, heads: make([]heads, len(top.Regions))}
	g.client = &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 4, IdleConnTimeout: 30 * time.Second}}
	for _, r := range top.Regions {
		g.sources = append(g.sources, &source{region: r, client: g.client, timeout: cfg.Timeout, window: cfg.Window, lost: -1})
	}
	g.comparer = &comparer{every: cfg.DigestInterval, sources: g.sources}
	return g
}

// close waits for what is under way; its context must have ended.
func (g *gatherer) close() {
	g.comparer.running.Wait()
	g.client.CloseIdleConnections()
}

// gather asks everybody at once.
func (g *gatherer) gather(ctx context.Context) *Snapshot {
	s := &Snapshot{At: time.Now(), Conflicts: []Conflict{}}
	answers := make([]answer, len(g.sources))
	var wires []Wire
	var asking sync.WaitGroup
	asking.Go(func() { wires, s.LinksError = g.askLinks(ctx) })
	for i, source := range g.sources {
		asking.Go(func() { answers[i] = source.ask(ctx) })
	}
	asking.Wait()
	answering := make([]bool, len(answers))
	for i, a := range answers {
		s.Regions = append(s.Regions, g.sources[i].show(a))
		s.Routers = append(s.Routers, a.router)
		s.Conflicts = append(s.Conflicts, a.conflicts...)
		answering[i] = a.err == nil
	}
	slices.SortFunc(s.Conflicts, func(a, b Conflict) int { return cmp.Or(b.At.Compare(a.At), cmp.Compare(a.Region, b.Region)) })
	s.Conflicts = s.Conflicts[:min(len(s.Conflicts), maxConflicts)]
	s.Agreement = g.comparer.poll(ctx, answering)
	s.Links = g.links(answers, wires)
	s.Events = g.last.changes(s)
	return s
}

func (g *gatherer) askLinks(ctx context.Context) ([]Wire, string) {
	if g.cfg.Links == nil {
		return nil, ""
	}
	ctx, cancel := context.WithTimeout(ctx, g.cfg.Timeout)
	defer cancel()
	wires, err := g.cfg.Links(ctx)
	if err != nil {
		return nil, err.Error()
	}
	return wires, ""
}

// show is a region's row.
func (s *source) show(a answer) Region {
	r := Region{Name: s.region.Name, Peers: []Peer{}}
	if a.err != nil {
		r.Error = reason(a.err)
		return r
	}
	r.Ready, r.Reason, r.Isolated = a.status.Ready, a.status.Reason, a.status.Isolated
	r.Vector, r.BlockedOn = a.status.Vector, a.status.BlockedOn
	for _, p := range a.status.Peers {
		behind := a.status.Head.Seq - min(p.Applied, a.status.Head.Seq)
		r.Peers = append(r.Peers, Peer{Region: p.Region, Reachable: p.Reachable, Entries: behind, HeldBytes: p.HeldBytes})
	}
	if a.counted {
		s.samples.traffic(&r)
	}
	return r
}

// links compares where the logs end with what each region has applied of them.
func (g *gatherer) links(answers []answer, wires []Wire) []Link {
	ends := crdt.Vector{}
	for i, a := range answers {
		if a.err == nil {
			o := crdt.Origin{Region: a.status.Region, Epoch: a.status.Epoch}
			ends.Join(a.vector)
			ends[o] = max(ends[o], a.status.Head.Seq)
			g.heads[i].add(o, head{a.status.Head.Seq, a.status.Head.Ordinal})
		}
	}
	all := []Link{}
	for i, from := range g.top.Names() {
		for j, to := range g.top.Names() {
			if i != j {
				l := Link{From: from, To: to, State: "unknown"}
				l.wired(wires)
				l.late(ends, &g.heads[i], answers[i], answers[j])
				all = append(all, l)
			}
		}
	}
	return all
}

func (l *Link) wired(wires []Wire) {
	for _, w := range wires {
		if w.From == l.From && w.To == l.To {
			l.State, l.RTT, l.Jitter = w.State, new(w.RTT.Seconds()), new(w.Jitter.Seconds())
		}
	}
}

// late fills in the lag. Of a silent reader the writer still has a last report.
func (l *Link) late(ends crdt.Vector, written *heads, from, to answer) {
	switch {
	case to.err == nil:
		for _, up := range to.status.Links {
			l.Up = l.Up || up.Region == l.From && up.Up
		}
		l.Entries = lacks(ends, to.vector, l.From)
		l.Seconds = lagSeconds(to.status, l.From)
		l.Writes = max(l.Entries, written.writesAfter(to.vector[written.origin]))
	case from.err == nil:
		for _, p := range from.status.Peers {
			if p.Region == l.To {
				l.Entries = from.status.Head.Seq - min(p.Applied, from.status.Head.Seq)
				l.Writes = max(l.Entries, written.writesAfter(p.Applied))
			}
		}
	}
}
