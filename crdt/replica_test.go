package crdt_test

import (
	"maps"
	"slices"
	"time"

	"pgregory.net/rapid"

	"pangea/crdt"
)

// A replica holds one key of every data class and merges as a region does. What
// the simulation leaves out is I/O only: entries, their vectors and the rule of
// who may apply what are the real ones.
type replica struct {
	origin  crdt.Origin
	clock   crdt.Stamp
	ordinal uint64

	applied crdt.Vector
	profile crdt.Register
	prefs   fields
	counter crdt.Counter
	tags    map[string]crdt.Dots

	seen   map[id]bool // every event applied here: the oracle of what a writer saw
	losses []loss
}

// id is one event, wherever it is.
type id struct {
	crdt.Origin
	ordinal uint64
}

func idOf(m crdt.Meta) id { return id{m.Origin, m.Ordinal} }

// loss is one that a merge reported, and the register it happened in.
type loss struct {
	crdt.Loss
	slot string
}

type kind int

const (
	putProfile kind = iota
	setPref
	incr
	addTag
	removeTag
)

type event struct {
	kind   kind
	member string // the tag, or the field of prefs
	write  crdt.Register
	by     int64 // of incr, for the oracle
	pn     crdt.PN
	dots   []crdt.Dot
}

func (ev event) lastWriterWins() bool { return ev.kind == putProfile || ev.kind == setPref }

// slot names the register that an event of a last-writer-wins kind writes to.
func (ev event) slot() string {
	if ev.kind == putProfile {
		return "profile"
	}
	return "prefs." + ev.member
}

type entry struct {
	origin crdt.Origin
	seq    uint64
	deps   crdt.Vector
	events []event
}

func newReplica(region string) *replica {
	return &replica{
		origin:  crdt.Origin{Region: region, Epoch: 1},
		applied: crdt.Vector{},
		prefs:   fields{},
		counter: crdt.Counter{},
		tags:    map[string]crdt.Dots{},
		seen:    map[id]bool{},
	}
}

// commit makes one entry of a few local writes. With wall it stamps them with the
// physical clock alone, which is how a write can lose to one that it saw.
func (r *replica) commit(t *rapid.T, wall bool) entry {
	e := entry{origin: r.origin, seq: r.applied[r.origin] + 1, deps: r.applied.Clone()}
	for range rapid.IntRange(1, 3).Draw(t, "events") {
		ev := event{
			kind:   rapid.SampledFrom([]kind{putProfile, setPref, incr, addTag, removeTag}).Draw(t, "kind"),
			member: rapid.SampledFrom([]string{"a", "b"}).Draw(t, "member"),
		}
		if ev.kind == removeTag && len(r.tags[ev.member]) == 0 {
			continue // no event
		}
		physical := millis(rapid.Int64Range(0, 3).Draw(t, "clock"))
		r.fill(t, &ev, e.seq, physical, wall)
		r.merge(ev, e.deps)
		e.events = append(e.events, ev)
	}
	r.applied[r.origin] = e.seq
	return e
}

func (r *replica) fill(t *rapid.T, ev *event, seq uint64, physical time.Time, wall bool) {
	r.ordinal++
	r.clock = r.clock.Tick(physical)
	ev.write.Meta = crdt.Meta{Stamp: r.clock, Origin: r.origin, Seq: seq, Ordinal: r.ordinal}
	switch ev.kind {
	case putProfile, setPref:
		ev.write.Stamp = r.register(*ev).NextStamp(r.clock)
		if wall {
			ev.write.Stamp = crdt.StampAt(physical)
		}
		ev.write.Null = ev.kind == setPref && rapid.Bool().Draw(t, "remove")
	case incr:
		ev.by = rapid.Int64Range(-9, 9).Draw(t, "by")
		ev.pn, _ = r.counter.Add(r.origin, ev.by)
	case addTag, removeTag:
		ev.dots = slices.Clone(r.tags[ev.member])
	}
}

// receive takes an entry as the applier does: a duplicate, a gap and an entry
// whose causes are missing have no effect (I5, I6). It reports whether it applied.
func (r *replica) receive(e entry, physical time.Time) bool {
	if e.seq != r.applied[e.origin]+1 || !r.applied.Covers(e.deps) {
		return false
	}
	for _, ev := range e.events {
		r.merge(ev, e.deps)
		r.clock, _ = r.clock.Witness(ev.write.Stamp, physical, 2*time.Millisecond)
	}
	r.applied[e.origin] = e.seq
	return true
}

func (r *replica) merge(ev event, deps crdt.Vector) {
	o := ev.write.Origin
	switch ev.kind {
	case putProfile:
		winner, l, lost := crdt.Put(r.profile, ev.write, deps)
		r.profile = winner
		r.note(ev, l, lost)
	case setPref:
		l, lost := r.prefs.Put(ev.member, ev.write, deps)
		r.note(ev, l, lost)
	case incr:
		r.counter.Put(o, ev.pn)
	case addTag:
		dot := crdt.Dot{Origin: o, Ordinal: ev.write.Ordinal, Seq: ev.write.Seq}
		r.tags[ev.member], _ = r.tags[ev.member].Add(dot, ev.dots)
	case removeTag:
		r.tags[ev.member], _ = r.tags[ev.member].Remove(ev.dots)
	}
	r.seen[idOf(ev.write.Meta)] = true
}

func (r *replica) note(ev event, l crdt.Loss, lost bool) {
	if lost {
		r.losses = append(r.losses, loss{l, ev.slot()})
	}
}

func (r *replica) register(ev event) crdt.Register {
	if ev.kind == putProfile {
		return r.profile
	}
	return r.prefs[ev.member]
}

// reborn goes on as the next epoch, with the state it has (I14).
func (r *replica) reborn() {
	r.origin.Epoch++
	r.ordinal = 0
}

// liveTags lists the dots of every tag that has one. Their order is arrival's.
func (r *replica) liveTags() map[string]map[id]bool {
	live := map[string]map[id]bool{}
	for tag, dots := range r.tags {
		for _, d := range dots {
			if live[tag] == nil {
				live[tag] = map[id]bool{}
			}
			live[tag][id{d.Origin, d.Ordinal}] = true
		}
	}
	return live
}

func (r *replica) equal(s *replica) bool {
	return maps.Equal(r.applied, s.applied) &&
		r.profile == s.profile &&
		maps.Equal(r.prefs, s.prefs) &&
		maps.Equal(r.counter, s.counter) &&
		maps.EqualFunc(r.liveTags(), s.liveTags(), maps.Equal)
}
