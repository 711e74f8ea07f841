package node

import (
	"fmt"
	"time"

	"pangea/crdt"
	"pangea/region/position"
	"pangea/region/store"
	"pangea/region/topology"
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
// reachable or not, and takes one back that has what was kept for it.
func (k *keeper) register(m *measurement) {
	for _, p := range m.peers {
		switch registered, why := m.judge(k.node.cfg.Topology.Retention, p); {
		case registered == p.Registered:
		case registered:
			k.node.tracker.SetRegistered(p.Region, true)
			k.node.cfg.Logger.Info("peer is registered again", "peer", p.Region)
		default:
			k.node.tracker.SetRegistered(p.Region, false)
			k.node.cfg.Logger.Error("PEER DE-REGISTERED: its logs are no longer kept, it must re-seed", "peer", p.Region, "why", why)
		}
	}
}

// judge says whether a peer should be registered, and why not. What is kept for one that
// is not is gone soon, so it is taken back only well below the limit.
func (m *measurement) judge(limits topology.Retention, p position.PeerState) (registered bool, why string) {
	held := m.held[p.Region]
	switch {
	case away(p) > limits.PeerAge:
		return false, fmt.Sprintf("it was away for %s", away(p).Round(time.Second))
	case held > limits.PeerBytes:
		return false, fmt.Sprintf("%s of the logs were kept for it", size(held))
	case p.Registered:
		return true, ""
	default:
		return p.Heard && p.Reachable && held <= limits.PeerBytes/2 && m.serves(p), ""
	}
}

// away is no longer than this process has listened.
func away(p position.PeerState) time.Duration { return min(time.Since(p.Reported), p.Silent) }

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

// gain is how much comes per second that is kept for a peer.
func (k *keeper) gain(peer string, at time.Time, held int64) float64 {
	if k.behind[peer] == nil {
		k.behind[peer] = &backlog{}
	}
	return k.behind[peer].add(at, held)
}
