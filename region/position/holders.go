package position

import (
	"cmp"
	"slices"
	"time"

	"pangea/crdt"
	"pangea/region"
)

// Wanted is a log of which entries are missing here that no stream will bring, and the
// reachable peers that have the next one: the one that stores most first.
type Wanted struct {
	Origin  crdt.Origin
	Holders []string
}

// Wanted lists the logs to read from whoever holds them, in order: former epochs;
// those whose origin no longer has the next entry; and, unless relayAfter is zero,
// those whose origin was silent for that long.
func (t *Tracker) Wanted(relayAfter time.Duration) []Wanted {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.local == nil {
		return nil
	}
	var wanted []Wanted
	for origin := range t.known() {
		next := t.local.Stored[origin] + 1
		if origin == t.local.Origin || !t.relayed(origin, next, relayAfter) {
			continue
		}
		if holders := t.holders(origin, next); len(holders) > 0 {
			wanted = append(wanted, Wanted{origin, holders})
		}
	}
	slices.SortFunc(wanted, func(a, b Wanted) int { return a.Origin.Compare(b.Origin) })
	return wanted
}

// known is the highest entry of each log that a reachable peer stores.
func (t *Tracker) known() crdt.Vector {
	known := crdt.Vector{}
	for _, p := range t.peers {
		if t.silent(p) < Silence {
			known.Join(p.report.Stored)
		}
	}
	return known
}

// relayed reports whether the next entry of a log is not to be had from the stream of
// its origin.
func (t *Tracker) relayed(log crdt.Origin, next uint64, relayAfter time.Duration) bool {
	p := t.peers[log.Region]
	switch {
	case p == nil: // a former log of this region
		return true
	case relayAfter > 0 && t.silent(p) >= relayAfter:
		return true
	case p.report.Origin.Region == "": // never heard of
		return false
	default:
		return p.report.Origin != log || p.report.Floors[log] > next
	}
}

// holders are the reachable peers, but not an origin with its current log, that have the
// entry next. Their word may be old: they may have dropped the entry.
func (t *Tracker) holders(log crdt.Origin, next uint64) (names []string) {
	for _, p := range t.peers {
		if p.report.Origin != log && t.has(p, log, next) {
			names = append(names, p.name)
		}
	}
	slices.SortFunc(names, func(a, b string) int {
		return cmp.Or(cmp.Compare(t.peers[b].report.Stored[log], t.peers[a].report.Stored[log]), cmp.Compare(a, b))
	})
	return names
}

// has reports whether a reachable peer can serve the entry next of a log.
func (t *Tracker) has(p *peer, log crdt.Origin, next uint64) bool {
	return t.silent(p) < Silence && p.report.Stored[log] >= next && p.report.Floors[log] <= next
}

// Head is the end of a peer's current log by its last report; of no log if it was never
// heard of.
func (t *Tracker) Head(name string) region.Position {
	t.mu.Lock()
	defer t.mu.Unlock()
	p := t.peers[name]
	if p == nil {
		return region.Position{}
	}
	return region.Position{Origin: p.report.Origin, Seq: p.report.Head.Seq}
}

// SetFloors tells peers from which entry on each log can be read here.
func (t *Tracker) SetFloors(floors crdt.Vector) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.floors = floors
}
