package node

import (
	"fmt"
	"time"

	"pangea/crdt"
	"pangea/region/position"
	"pangea/region/store"
)

// peers is what the database should remember.
func (k *keeper) peers() []store.Peer {
	var peers []store.Peer
	for _, p := range k.node.tracker.Peers() {
		peers = append(peers, store.Peer{
			Region: p.Region, Registered: p.Registered, Reported: p.Reported, Head: p.Head, Stored: p.Stored, Applied: p.Applied,
		})
	}
	return peers
}

// register de-registers the peers that were away too long or for which too much is kept,
// reachable or not, and takes one back that has what was kept for it. What is kept for a
// peer that is not registered is gone soon, so one is taken back well below the limit.
func (k *keeper) register(m *measurement) {
	limits := k.node.cfg.Topology.Retention
	for _, p := range m.peers {
		away := min(time.Since(p.Reported), p.Silent) // no longer than this process has listened
		switch held := m.held[p.Region]; {
		case p.Registered && away > limits.PeerAge:
			k.deregister(p, fmt.Sprintf("it was away for %s", away.Round(time.Second)))
		case p.Registered && held > limits.PeerBytes:
			k.deregister(p, fmt.Sprintf("%s of the logs were kept for it", size(held)))
		case !p.Registered && p.Reachable && away <= limits.PeerAge && held <= limits.PeerBytes/2 && m.serves(p):
			k.node.tracker.SetRegistered(p.Region, true)
			k.node.cfg.Logger.Info("peer is registered again", "peer", p.Region)
		}
	}
}

func (k *keeper) deregister(p position.PeerState, why string) {
	k.node.tracker.SetRegistered(p.Region, false)
	k.node.cfg.Logger.Error("PEER DE-REGISTERED: its logs are no longer kept, it must re-seed", "peer", p.Region, "why", why)
}

// serves reports whether the own log reaches back to what p has stored.
func (m *measurement) serves(p position.PeerState) bool {
	return p.Stored[m.own]+1 >= m.floors[m.own]
}

// kept is what is kept of each log for a peer, in bytes: the part of it that the peer
// has not applied, if entries were all of a size.
func (m *measurement) kept(applied crdt.Vector) (bytes int64) {
	for log, total := range m.logs {
		first, last := m.floors[log], m.stored[log]
		missing := last - min(last, max(applied[log], first-1))
		if missing > 0 {
			bytes += int64(float64(total) * float64(missing) / float64(last-first+1))
		}
	}
	return bytes
}

// size is a number of bytes for a person.
func size(bytes int64) string {
	if bytes >= 1<<30 {
		return fmt.Sprintf("%.3g GiB", float64(bytes)/(1<<30))
	}
	return fmt.Sprintf("%.3g MiB", float64(bytes)/(1<<20))
}
