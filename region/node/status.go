package node

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"pangea/crdt"
	"pangea/region"
	"pangea/region/position"
	"pangea/region/stream"
)

// Status is what a person, or the verifier, wants to know first. It needs no
// database.
func (n *Node) Status(context.Context) (region.Status, error) {
	r := n.tracker.Readiness()
	s := region.Status{
		Region: n.cfg.Region, Ready: r.Ready, Reason: r.Reason, Isolated: r.Ready && r.Isolated, Since: n.started,
		Clock:     region.Clock{Mode: string(n.cfg.Clock), SkewSeconds: n.clock.skewed().Seconds()},
		BlockedOn: map[string]string{}, Lag: map[string]region.LagStatus{},
		Handles: n.handleStatus(), GuardsOff: n.cfg.Topology.Guards.Off(),
	}
	local := n.tracker.Local()
	if local == nil {
		return s, nil
	}
	s.Epoch, s.Vector, s.Stored = local.Origin.Epoch, local.Applied.String(), local.Stored.String()
	s.Head = region.HeadStatus{Seq: local.Head.Seq, Ordinal: local.Head.Ordinal, Checksum: local.Head.Checksum.String()}
	for origin, w := range local.Waiting {
		s.BlockedOn[origin.String()] = fmt.Sprintf("%s=%d for %s", w.On.Origin, w.On.Seq, time.Since(w.Since).Round(time.Millisecond))
	}
	for origin, lag := range n.tracker.Lag() {
		s.Lag[origin.String()] = region.LagStatus{
			Entries: lag.Entries, Writes: lag.Writes, Seconds: lag.Age.Seconds(), SecondsLeft: lag.Left.Seconds(),
		}
	}
	s.Seed = n.seeder.Status()
	spaces, held := n.keeper.space()
	s.Space = spaces
	for _, p := range n.tracker.Peers() {
		s.Peers = append(s.Peers, peerStatus(p, local.Origin, held[p.Region]))
	}
	slices.SortFunc(s.Peers, func(a, b region.PeerStatus) int { return cmp.Compare(a.Region, b.Region) })
	for _, p := range n.peers {
		s.Links = append(s.Links, region.LinkStatus{Region: p.Name(), Up: connected(p)})
	}
	return s, nil
}

// Database is where the region's database is, for people: without a password.
func (n *Node) Database() string { return n.store.Address() }

func peerStatus(p position.PeerState, own crdt.Origin, held int64) region.PeerStatus {
	s := region.PeerStatus{
		Region: p.Region, Registered: p.Registered, Reachable: p.Reachable, Ready: p.Ready,
		LastReportSeconds: -1, Stored: p.Stored[own], Applied: p.Applied[own], HeldBytes: held,
	}
	if p.Heard {
		s.LastReportSeconds = p.Silent.Seconds()
	}
	return s
}

func (n *Node) handleStatus() region.HandleStatus {
	h := n.cfg.Topology.Handles
	s := region.HandleStatus{Shards: h.Shards, Owned: h.Owners[n.cfg.Region], Durability: "peer", Decides: n.tracker.Sound()}
	if n.tracker.Registered() == 0 {
		s.Durability = "local"
	}
	return s
}

func connected(p *stream.Peer) bool {
	select {
	case <-p.Up():
		return true
	default:
		return false
	}
}
