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
	why   string // it does; kept until it has joined one, even with nobody in reach
	donor string // it is joining this peer's
}

// Need says why the region needs a snapshot, "" if it does not, and which peers can
// give one: the nearest that serves first.
func (t *Tracker) Need() (why string, donors []string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.need() == "" {
		return "", nil
	}
	return t.seeding.why, t.donors()
}

// Hold reports whether nothing may be merged yet: the database is empty, and whether
// that is right is not known.
func (t *Tracker) Hold() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.local != nil && t.lost() && (!t.settled() || t.need() != "")
}

// need brings the reason up to date. A region that lost everything goes on needing a
// snapshot while not every peer is in reach.
func (t *Tracker) need() string {
	if t.local == nil || !t.settled() {
		return t.seeding.why
	}
	if why := t.gap(); why != "" || !t.lost() || len(t.silentPeers()) == 0 {
		t.seeding.why = why
	} else if t.seeding.why == "" && t.local.Doubt == region.Older {
		t.seeding.why = "this database is empty, and the region had written before"
	}
	return t.seeding.why
}

// gap is what the reachable peers report to be missing here for good.
func (t *Tracker) gap() string {
	known := t.known()
	if former := t.former(known); t.lost() && len(former) > 0 {
		return fmt.Sprintf("this database is empty, and there were %s", former)
	}
	for _, log := range known.Origins() {
		next := t.local.Stored[log] + 1
		if log != t.local.Origin && known[log] >= next && !t.served(log, next) {
			return fmt.Sprintf("nobody in reach keeps entry %d of %s any more", next, log)
		}
	}
	return ""
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
		if t.silent(p) < Silence && ahead(p.report.Stored, t.local.Stored, t.local.Origin) {
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

func ahead(theirs, ours crdt.Vector, except crdt.Origin) bool {
	for log, seq := range theirs {
		if log != except && seq > ours[log] {
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
