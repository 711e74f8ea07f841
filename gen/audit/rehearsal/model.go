package rehearsal

import (
	"math/rand/v2"

	"pangea/crdt"
	"pangea/gen/workload"
)

// model is three regions that keep every promise. It decides by looking at all that a
// region has applied, each time anew: slow, and hard to get wrong.
type model struct {
	rand    *rand.Rand
	now     int64 // ns
	sites   []*site
	events  map[string][]*event // by class and key
	holders map[string]string   // of handles
	claims  int64               // events of class handle
}

// site is a region: what it has applied, and its own log.
type site struct {
	name   string
	origin crdt.Origin
	vector crdt.Vector
	past   []instant
	log    []crdt.Vector // what each entry depends on
	open   bool          // whether its next event begins an entry
	skew   int64         // of its clock
}

// instant is when a region had applied so much.
type instant struct {
	at     int64
	vector crdt.Vector
}

// event is what one write did.
type event struct {
	origin crdt.Origin
	seq    uint64
	member string
	set    bool
	value  string
	by     int64
	stamp  int64
	seen   []*event // adds that it replaced or removed
}

func newModel(r *rand.Rand) *model {
	m := &model{rand: r, now: 1, events: map[string][]*event{}, holders: map[string]string{}}
	for _, name := range []string{"us", "eu", "ap"} {
		s := &site{name: name, origin: crdt.Origin{Region: name, Epoch: 1}, vector: crdt.Vector{}, skew: r.Int64N(2000) - 1000}
		s.past = []instant{{0, crdt.Vector{}}}
		m.sites = append(m.sites, s)
	}
	return m
}

func name(class workload.Class, key string) string { return class.String() + " " + key }

// sees reports whether the region has applied the event.
func (s *site) sees(e *event) bool { return s.vector[e.origin] >= e.seq }

// advance notes what the region has applied now.
func (s *site) advance(now int64, o crdt.Origin, seq uint64) {
	s.vector[o] = seq
	s.past = append(s.past, instant{now, s.vector.Clone()})
}

// shownAt is what the region had applied at a moment.
func (s *site) shownAt(t int64) crdt.Vector {
	for i := len(s.past) - 1; ; i-- {
		if s.past[i].at <= t || i == 0 {
			return s.past[i].vector
		}
	}
}

// commit makes one write, in the entry of the one before unless the region is to begin
// another. A write that changes nothing makes no event.
func (m *model) commit(s *site, a action) {
	e := &event{origin: s.origin, member: a.member, set: a.set, value: a.value, by: a.by}
	at := name(a.class, a.key)
	switch a.class {
	case workload.Tags:
		e.seen = m.dots(s, at, a.member)
		if !a.set && len(e.seen) == 0 {
			return
		}
	case workload.Profile, workload.Prefs:
		old := m.winner(s, at, a.member)
		if !a.set && (old == nil || !old.set) {
			return
		}
		e.stamp = m.now + s.skew
		if old != nil {
			e.stamp = max(e.stamp, old.stamp+1)
		}
	}
	if s.open {
		s.open = false
		s.log = append(s.log, s.vector.Clone())
		s.advance(m.now, s.origin, s.vector[s.origin]+1)
	}
	e.seq = s.vector[s.origin]
	m.events[at] = append(m.events[at], e)
}

// winner is the event that a register shows, or nil.
func (m *model) winner(s *site, at, member string) (won *event) {
	for _, e := range m.events[at] {
		if e.member == member && s.sees(e) && (won == nil || won.less(e)) {
			won = e
		}
	}
	return won
}

// less is the total order of a register's events; those of one entry are in it as made.
func (e *event) less(f *event) bool {
	if e.stamp != f.stamp {
		return e.stamp < f.stamp
	}
	return e.origin.Region < f.origin.Region
}

// dots are the adds of a tag that are left.
func (m *model) dots(s *site, at, tag string) (left []*event) {
	gone := map[*event]bool{}
	for _, e := range m.events[at] {
		if e.member == tag && s.sees(e) {
			for _, seen := range e.seen {
				gone[seen] = true
			}
		}
	}
	for _, e := range m.events[at] {
		if e.member == tag && e.set && s.sees(e) && !gone[e] {
			left = append(left, e)
		}
	}
	return left
}

// deliver has a region apply the next entry of another's log, if it may (I6).
func (m *model) deliver(to, from *site) bool {
	next := to.vector[from.origin] + 1
	if to == from || next > uint64(len(from.log)) || !to.vector.Covers(from.log[next-1]) {
		return false
	}
	to.advance(m.now, from.origin, next)
	return true
}

// catchUp delivers until the region has applied so much.
func (m *model) catchUp(to *site, least crdt.Vector) {
	for !to.vector.Covers(least) {
		for _, from := range m.sites {
			m.deliver(to, from)
		}
	}
}

// settle delivers everything to everyone.
func (m *model) settle() {
	all := crdt.Vector{}
	for _, s := range m.sites {
		all.Join(s.vector)
	}
	for _, s := range m.sites {
		m.catchUp(s, all)
	}
}
