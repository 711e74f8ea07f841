package position

import (
	"fmt"
	"time"

	"pangea/crdt"
	"pangea/region"
)

// Claim is what a peer says about this region's own logs (I14).
type Claim struct {
	Peer   string
	Epoch  uint32          // the last of this region's that it stores anything of
	Stored uint64          // how much of the current log
	Sum    region.Checksum // of that
	Said   bool            // Sum is known

	// Answers says that the peer hears this process, and said so since it has asked.
	Answers bool
}

// Claims lists what the peers say that were heard. All: every peer there is answers
// this process, and leaves nothing out, so nobody else can know more. Settled: no other
// answer is waited for.
func (t *Tracker) Claims() (claims []Claim, all, settled bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.local == nil {
		return nil, false, false
	}
	all = true
	for _, p := range t.peers {
		c := t.claim(p)
		if !p.lastSeen.IsZero() {
			claims = append(claims, c)
		}
		all = all && c.Answers && (c.Said || c.Stored == 0)
	}
	return claims, all, t.settled()
}

func (t *Tracker) claim(p *peer) Claim {
	own := t.local.Origin
	c := Claim{Peer: p.name, Stored: p.report.Stored[own], Answers: t.answers(p)}
	for o, seq := range p.report.Stored {
		if o.Region == t.self && seq > 0 {
			c.Epoch = max(c.Epoch, o.Epoch)
		}
	}
	c.Sum, c.Said = p.report.Sums[own]
	return c
}

// settled reports whether every registered peer has answered, or was silent for long:
// no other answer is worth waiting for.
func (t *Tracker) settled() bool {
	return len(t.unheard()) == 0 || time.Since(t.fresh.started) >= Silence
}

// former is the part of v that is about logs of this region which it cannot go on with:
// earlier ones, and the present one if its database ends before. What a peer stores of
// them was acknowledged, applied there or not.
func (t *Tracker) former(v crdt.Vector) crdt.Vector {
	out := crdt.Vector{}
	for o, seq := range v {
		if o.Region == t.self && (o != t.local.Origin || seq > t.local.Head.Seq) {
			out[o] = seq
		}
	}
	return out
}

// unwhole says why the region's own state is not one to serve from: a peer knows more
// of its log than it does, or the logs do not lead from here to the present.
func (t *Tracker) unwhole() string {
	if t.local == nil {
		return ""
	}
	if t.seeding.donor != "" {
		return fmt.Sprintf("it joins the snapshot of %s", t.seeding.donor)
	}
	if t.local.Contradicted {
		return "the database is not the newest copy: its log will go on under a new epoch"
	}
	if t.salvaging() && t.salvage.before != t.local.Origin {
		return "it reads back what its own stream has and its database lacks"
	}
	for _, p := range t.peers {
		if seq := p.report.Stored[t.local.Origin]; seq > t.local.Head.Seq {
			return fmt.Sprintf("%s stores our log up to %d but this database ends at %d: it is not the newest copy, and its log will go on under a new epoch",
				p.name, seq, t.local.Head.Seq)
		}
	}
	if why := t.need(); why != "" && !t.serves() {
		return "it needs a peer's snapshot: " + why
	}
	return ""
}

// salvage is how much of what the region's stream has of former logs its database has.
type salvage struct {
	before crdt.Origin // the log that was begun after those
	whole  bool
}

// follow takes it over to the next epoch of a database that nothing was found against: the
// stream has nothing of the last one that is not in there.
func (s *salvage) follow(was, is *Local) {
	if was != nil && s.before == was.Origin && is.Origin.Epoch > was.Origin.Epoch && !was.Contradicted {
		s.before = is.Origin
	}
}

// Salvaged notes that the database has what the stream had of the logs before own: whole, so
// that the stream is own's from now on, or all that can be had for now, so that clients need
// not wait for the rest.
func (t *Tracker) Salvaged(own crdt.Origin, whole bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.salvage = salvage{own, whole}
	t.broadcast()
}

// salvaging reports whether the stream may have what nobody else knows of.
func (t *Tracker) salvaging() bool {
	return t.local.Doubt == region.Older && t.salvage != salvage{t.local.Origin, true}
}

// Sound reports whether the region knows all that it ever decided, as the owner of a
// handle must (I10). One whose log is proven does, unless something speaks against its
// database.
func (t *Tracker) Sound() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.local == nil || t.local.Proven && t.local.Doubt == region.NoDoubt {
		return t.local != nil
	}
	return t.knowsItsLogs()
}

// Recovered reports whether nothing speaks against the database any more.
func (t *Tracker) Recovered() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.local != nil && t.knowsItsLogs()
}

// knowsItsLogs reports whether what the region's own stream has of its former logs is read
// back, peers have answered, and what it or any of them stores of those logs is applied. Of an
// older database, or a new one, every registered peer must have answered. Of any other
// restart one peer's answer is enough: only a copy of a whole machine that is put back gives
// no sign of it.
func (t *Tracker) knowsItsLogs() bool {
	if t.salvaging() || !t.local.Applied.Covers(t.former(t.local.Stored)) {
		return false
	}
	some, all := false, true
	for _, p := range t.peers {
		switch {
		case !p.registered && t.silent(p) >= Silence:
		case !t.local.Applied.Covers(t.former(p.report.Stored)):
			return false
		case t.answers(p):
			some = true
		case p.registered:
			all = false
		}
	}
	return all || some && t.local.Doubt <= region.Unheard && !t.lost()
}
