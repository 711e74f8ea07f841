package position

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"pangea/crdt"
)

// freshness decides I13: whether the region knows enough to serve.
//
//	stale ──(every registered peer has reported, or was silent for 5 s)──▶ catching up
//	catching up ──(applied what they had)──▶ fresh
//	fresh ──(the writer stood still for 5 s)──▶ stale
type freshness struct {
	started time.Time // of the current wait
	asked   time.Time // the same, by the region's own clock: what peers echo
	beaten  time.Time // last sign of life of the writer
	alive   bool      // the writer has opened the database
	off     bool      // stale or not, the region serves
	fresh   bool
	target  crdt.Vector // nil until it is known what to catch up to
	reason  string
}

// Readiness is what /readyz says.
type Readiness struct {
	Ready    bool
	Reason   string   // why not
	Isolated bool     // ready without having heard of any peer
	Silent   []string // peers that are not heard of: left out of what it waits for
}

func (f *freshness) reset(now, clock time.Time, reason string) {
	f.started, f.asked, f.fresh, f.target, f.reason = now, clock, false, nil, reason
}

// beat notes that the writer is alive. One that stood still starts over: the
// region may have missed anything meanwhile.
func (f *freshness) beat(now, clock time.Time) {
	if f.alive && now.Sub(f.beaten) > Silence {
		f.reset(now, clock, fmt.Sprintf("the writer stood still for %s", now.Sub(f.beaten).Round(time.Second)))
	}
	f.beaten, f.alive = now, true
}

// Unguard gives I13 up: the region serves from a database that may be behind, though never
// from one that is not the newest copy (I14).
func (t *Tracker) Unguard() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.fresh.off = true
}

// Readiness evaluates I13 now.
func (t *Tracker) Readiness() Readiness {
	t.mu.Lock()
	defer t.mu.Unlock()
	now, f := time.Now(), &t.fresh
	r := Readiness{Silent: t.silentPeers()}
	switch {
	case !f.alive || t.local == nil:
		r.Reason = "the database is not open"
	case now.Sub(f.beaten) > Silence:
		r.Reason = fmt.Sprintf("the writer has stood still for %s", now.Sub(f.beaten).Round(time.Second))
	default:
		if r.Reason = t.unwhole(); r.Reason == "" && !f.fresh && !f.off {
			r.Reason = t.catchUp(now)
		}
	}
	r.Ready = r.Reason == ""
	t.answer.Store(&answer{now, r.Ready, r.Reason})
	r.Isolated = len(t.peers) > 0 && len(r.Silent) == len(t.peers)
	return r
}

// readyFor is how long an answer of Ready stands if nothing is learned meanwhile: only
// silence does not tell.
const readyFor = 10 * time.Millisecond

// Ready is Readiness in brief, for each request to ask.
func (t *Tracker) Ready() (ok bool, reason string) {
	if a := t.answer.Load(); a != nil && time.Since(a.at) < readyFor {
		return a.ready, a.reason
	}
	r := t.Readiness()
	return r.Ready, r.Reason
}

// answer is the last one of Ready.
type answer struct {
	at     time.Time
	ready  bool
	reason string
}

// catchUp moves from stale over catching up to fresh, and says what is missing.
func (t *Tracker) catchUp(now time.Time) string {
	f := &t.fresh
	if f.target == nil {
		if missing := t.unheard(); len(missing) > 0 && now.Sub(f.started) < Silence {
			return fmt.Sprintf("%s: waiting to hear from %s", f.reason, strings.Join(missing, ", "))
		}
		f.target = crdt.Vector{}
		for _, p := range t.peers {
			// A peer that is heard and does not hear this region still counts, and one that
			// nothing is kept for.
			if t.silent(p) < Silence {
				f.target.Join(p.report.Applied)
				f.target.Join(t.former(p.report.Stored))
			}
		}
		f.target.Join(t.former(t.local.Stored)) // its own stream may have had more
	}
	target := t.capped(f.target)
	for _, origin := range target.Origins() {
		if seq, have := target[origin], t.local.Applied[origin]; have < seq {
			return fmt.Sprintf("catching up: %d entries of %s to apply%s", seq-have, origin, t.within(origin, seq-have))
		}
	}
	f.fresh = true
	return ""
}

// answers reports whether the peer's last report was made after the wait began, and
// not only received: it echoes one that this process sent since. Reports pile up in a
// process that stands still, and another process may have this region's name.
func (t *Tracker) answers(p *peer) bool {
	echo := p.report.Echoes[t.self]
	return echo.Instance == t.instance && !echo.SentAt.Before(t.fresh.asked)
}

// unheard lists the registered peers that have not answered since the wait began.
func (t *Tracker) unheard() []string {
	var names []string
	for _, p := range t.peers {
		if p.registered && !t.answers(p) {
			names = append(names, p.name)
		}
	}
	slices.Sort(names)
	return names
}

// capped lowers target to what can be had: what some reachable region stores, and depends
// on nothing that cannot be had.
func (t *Tracker) capped(target crdt.Vector) crdt.Vector {
	can := t.known()
	can.Join(t.local.Stored)
	for lowered := true; lowered; {
		lowered = false
		for origin, w := range t.local.Waiting {
			if w.On.Seq > can[w.On.Origin] && can[origin] > t.local.Applied[origin] {
				can[origin], lowered = t.local.Applied[origin], true
			}
		}
	}
	out := crdt.Vector{}
	for origin, seq := range target {
		out[origin] = min(seq, can[origin])
	}
	return out
}

func (t *Tracker) silentPeers() []string {
	var names []string
	for _, p := range t.peers {
		if t.silent(p) >= Silence {
			names = append(names, p.name)
		}
	}
	slices.Sort(names)
	return names
}
