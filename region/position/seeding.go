package position

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"pangea/crdt"
	"pangea/region"
)

// seeding is whether the region needs a peer's snapshot, since the logs do not lead
// from what it holds to the present.
type seeding struct {
	why   string          // it does; kept until it has joined one, even with nobody in reach
	lacks region.Position // an entry that nobody keeps any more; zero if it lost everything
	since time.Time       // it is known, or its turn that it gave away is over
	donor string          // it is joining this peer's
}

// Need says why the region needs a snapshot, "" if it does not, and which peers can
// give one now: the nearest that serves first. There are none while the region serves, as
// it cannot while it joins, and it is not its turn to stop.
func (t *Tracker) Need() (why string, donors []string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.need() == "" {
		return "", nil
	}
	if t.serves() && !t.turn() {
		return t.seeding.why, nil
	}
	return t.seeding.why, t.donors()
}

// serves reports whether the region serves without the snapshot that it needs: it served
// before, and lacks what it would also lack if a link were cut.
func (t *Tracker) serves() bool { return (t.fresh.fresh || t.fresh.off) && !t.lost() }

// yieldFor is how long a region whose turn it is lets all others go first, if it cannot begin.
const yieldFor = 30 * time.Second

// Yield notes that no donor's snapshot could be had.
func (t *Tracker) Yield() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.seeding.since = time.Now().Add(yieldFor)
	t.broadcast()
}

func (t *Tracker) yields() bool { return time.Now().Before(t.seeding.since) }

// turn reports whether another region serves in this one's place, and goes on to: of several
// that need a snapshot the first by name joins first, once all can know that it needs one.
// One that yields goes when nobody else needs one.
func (t *Tracker) turn() bool {
	serves := false
	for _, p := range t.peers {
		if t.silent(p) >= Silence || !p.report.Ready {
			continue
		}
		if p.report.Needs && (p.name < t.self || t.yields()) {
			return false
		}
		serves = true
	}
	return serves && (t.yields() || time.Since(t.seeding.since) >= Silence)
}

// Hold reports whether nothing may be merged yet: the database is empty, and whether
// that is right is not known.
func (t *Tracker) Hold() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.local != nil && t.lost() && (!t.settled() || t.need() != "")
}

// need brings the reason up to date. A region that lost everything goes on needing a
// snapshot while not every registered peer is in reach.
func (t *Tracker) need() string {
	if t.local == nil || !t.settled() {
		return t.seeding.why
	}
	why, lacks := t.gap()
	if why == "" && t.lost() && t.away() {
		if why = t.seeding.why; why == "" && t.local.Doubt == region.Older {
			why = "this database is empty, and the region had written before"
		}
	}
	if t.seeding.why == "" {
		t.seeding.since = time.Now()
	}
	t.seeding.why, t.seeding.lacks = why, lacks
	return why
}

// gap is what the reachable peers report to be missing here for good.
func (t *Tracker) gap() (why string, lacks region.Position) {
	known := t.known()
	if former := t.former(known); t.lost() && len(former) > 0 {
		return fmt.Sprintf("this database is empty, and there were %s", former), lacks
	}
	for _, log := range known.Origins() {
		next := t.local.Stored[log] + 1
		if log != t.local.Origin && known[log] >= next && !t.served(log, next) {
			return fmt.Sprintf("nobody in reach keeps entry %d of %s any more", next, log), region.Position{Origin: log, Seq: next}
		}
	}
	return "", lacks
}

// away reports whether a registered peer is out of reach.
func (t *Tracker) away() bool {
	for _, p := range t.peers {
		if p.registered && t.silent(p) >= Silence {
			return true
		}
	}
	return false
}

func (t *Tracker) served(log crdt.Origin, next uint64) bool {
	for _, p := range t.peers {
		if t.has(p, log, next) {
			return true
		}
	}
	return false
}

// lost reports whether the database has nothing but, at most, what this process, or one
// that had heard of nobody, has written itself.
func (t *Tracker) lost() bool {
	if t.local.Head.Seq > 0 && !t.local.Proven {
		return false // an older copy, perhaps
	}
	for log, seq := range t.local.Stored {
		if log != t.local.Origin && seq > 0 {
			return false
		}
	}
	return true
}

// donors lists the reachable peers that have what is missing here. One that needs a
// snapshot itself can still give one: two regions that have forgotten each other's logs
// join each other, each the state before.
func (t *Tracker) donors() []string {
	var able []*peer
	for _, p := range t.peers {
		if t.silent(p) < Silence && t.helps(p) {
			able = append(able, p)
		}
	}
	slices.SortFunc(able, func(a, b *peer) int {
		return cmp.Or(-compareBool(a.report.Ready, b.report.Ready), cmp.Compare(a.clock.rtt, b.clock.rtt), cmp.Compare(a.name, b.name))
	})
	var names []string
	for _, p := range able {
		names = append(names, p.name)
	}
	return names
}

// helps reports whether a peer's snapshot has what is missing here.
func (t *Tracker) helps(p *peer) bool {
	if at := t.seeding.lacks; at.Seq > 0 {
		return p.report.Stored[at.Origin] >= at.Seq
	}
	for log, seq := range p.report.Stored {
		if log != t.local.Origin && seq > t.local.Stored[log] {
			return true
		}
	}
	return false
}

func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return 1
	default:
		return -1
	}
}

// Join notes that the region is joining a peer's snapshot; "" that this has failed.
func (t *Tracker) Join(donor string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.seeding.donor = donor; donor == "" {
		t.fresh.reset(time.Now(), t.now(), "a join was broken off") // or its commit was, and stands
	}
	t.broadcast()
}

// Joined notes that a snapshot was joined. What came after it is still to be caught up
// with (I13).
func (t *Tracker) Joined() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.seeding = seeding{}
	clear(t.flows) // how fast a snapshot comes says nothing of the logs
	t.follow()
	t.fresh.reset(time.Now(), t.now(), "joined a snapshot")
	t.broadcast()
}
