package position

import (
	"time"

	"pangea/crdt"
	"pangea/region"
)

// stability tells what a peer can no longer contradict. That a peer has applied an
// event is not enough to forget it: the peer may have written something concurrent
// before, still under way to us. Only once we have applied the peer's log up to where
// it was when it said so can nothing concurrent arrive from it. A peer that was lost and
// has come back says nothing of its former log, of which others may hold more: that must
// be applied too, as far as anyone reports. What it says while it is not ready, or its own
// stream may have more of that log than anyone reports, does not count.
type stability struct {
	claimed crdt.Vector     // applied by the peer, by its word
	upTo    region.Position // end of its log at that moment
	settled crdt.Vector     // a claim whose upTo we have applied
}

// observe keeps one claim at a time, so that claims settle however fast they come.
func (s *stability) observe(r region.Report) {
	if s.claimed == nil && r.Ready && !r.Salvaging {
		s.claimed, s.upTo = r.Applied, region.Position{Origin: r.Origin, Seq: r.Head.Seq}
	}
}

func (s *stability) settle(applied crdt.Vector) {
	if s.claimed != nil && applied[s.upTo.Origin] >= s.upTo.Seq {
		s.settled, s.claimed = s.claimed, nil
	}
}

// settle looks at the claims of all peers anew.
func (t *Tracker) settle() {
	if t.local == nil || !t.formerApplied() {
		return
	}
	for _, p := range t.peers {
		p.stable.settle(t.local.Applied)
	}
}

// formerApplied reports whether the logs that have ended are applied here, as far as
// anybody stores them.
func (t *Tracker) formerApplied() bool {
	for _, p := range t.peers {
		for log, seq := range p.report.Stored {
			if t.local.Applied[log] < seq && t.ended(log) {
				return false
			}
		}
	}
	return true
}

// Stable is the vector of events that every peer has applied and with which nothing
// concurrent can arrive any more: causally stable, in the terms of Baquero et al.
// (2014). A peer that is not registered counts too: it may have written before it
// was lost, and be taken back. It is empty while a peer has not been heard of.
func (t *Tracker) Stable() crdt.Vector {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.local == nil {
		return crdt.Vector{}
	}
	return t.lowest(t.local.Applied, everyone, func(p *peer) crdt.Vector { return p.stable.settled })
}

// Unsettled is the peer that keeps Stable from covering v: of several, the one that
// was silent for longest. Empty if Stable does.
func (t *Tracker) Unsettled(v crdt.Vector) (name string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	longest := time.Duration(-1)
	for _, p := range t.peers {
		if silent := t.silent(p); silent > longest && !p.stable.settled.Covers(v) {
			name, longest = p.name, silent
		}
	}
	return name
}

// Kept is, for each log, the highest entry that every registered peer has applied:
// what is above must be kept (I4).
func (t *Tracker) Kept() crdt.Vector {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.local == nil {
		return crdt.Vector{}
	}
	return t.lowest(t.local.Applied, registered, func(p *peer) crdt.Vector { return p.applied })
}

// Fetched is the highest entry of the own log that every registered peer has stored.
func (t *Tracker) Fetched() uint64 {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.local == nil {
		return 0
	}
	return t.lowest(t.local.Applied, registered, func(p *peer) crdt.Vector { return p.stored })[t.local.Origin]
}

func everyone(*peer) bool     { return true }
func registered(p *peer) bool { return p.registered }

// lowest is the elementwise minimum of v and the vectors of the peers that count.
func (t *Tracker) lowest(v crdt.Vector, counts func(*peer) bool, of func(*peer) crdt.Vector) crdt.Vector {
	low := v.Clone()
	for _, p := range t.peers {
		if !counts(p) {
			continue
		}
		theirs := of(p)
		for origin := range low {
			low[origin] = min(low[origin], theirs[origin])
		}
	}
	return low
}
