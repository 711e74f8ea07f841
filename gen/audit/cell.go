package audit

import (
	"cmp"
	"fmt"
	"slices"

	"pangea/crdt"
	"pangea/gen/workload"
)

// cell is the smallest thing that is written: a counter, a profile, one tag of a set, one
// field of an object.
type cell struct {
	place
	writes []*write // in the order of their start
	logs   map[crdt.Origin][]*write
	sums   []sum // of writes[:i], for counters
}

// place names a cell.
type place struct {
	class       workload.Class
	key, member string
}

func (p place) compare(q place) int {
	return cmp.Or(cmp.Compare(p.class, q.class), cmp.Compare(p.key, q.key), cmp.Compare(p.member, q.member))
}

func (p place) String() string {
	if p.member == "" {
		return fmt.Sprintf("%v %s", p.class, p.key)
	}
	return fmt.Sprintf("%v %s, %s", p.class, p.key, p.member)
}

// write is one that may stand: acknowledged, or of unknown outcome.
type write struct {
	*operation
	sets  bool   // rather than takes away
	value string // of a register
	by    int64  // of a counter
	upTo  sum    // of the acknowledged ones of its log, itself included
}

// cells are all that the history wrote, by place; members are those of one key.
type cells struct {
	at      map[place]*cell
	members map[place][]*cell // by the place without its member
}

func newCells(ops []*operation) *cells {
	all := &cells{at: map[place]*cell{}, members: map[place][]*cell{}}
	for _, o := range ops {
		if o.write() && o.Class != workload.Handle {
			all.add(o)
		}
	}
	for _, c := range all.at {
		c.index()
	}
	return all
}

func (all *cells) add(o *operation) {
	switch o.Class {
	case workload.Counter:
		by := o.arg.By
		if o.Kind == workload.Decr {
			by = -by
		}
		all.of(o, "").append(&write{operation: o, sets: true, by: by})
	case workload.Profile:
		all.of(o, "").append(&write{operation: o, sets: true, value: string(o.arg.raw)})
	case workload.Tags:
		all.of(o, o.arg.Tag).append(&write{operation: o, sets: o.Kind == workload.Add})
	case workload.Prefs:
		for field, value := range fields(o.arg.raw) {
			all.of(o, field).append(&write{operation: o, sets: string(value) != "null", value: string(value)})
		}
	}
}

func (all *cells) of(o *operation, member string) *cell {
	at := place{o.Class, o.Key, member}
	if all.at[at] == nil {
		c := &cell{place: at, logs: map[crdt.Origin][]*write{}}
		all.at[at] = c
		key := place{o.Class, o.Key, ""}
		all.members[key] = append(all.members[key], c)
	}
	return all.at[at]
}

func (c *cell) append(w *write) { c.writes = append(c.writes, w) }

// index sorts the acknowledged writes by their logs.
func (c *cell) index() {
	c.sums = make([]sum, 1, len(c.writes)+1)
	for _, w := range c.writes {
		c.sums = append(c.sums, c.sums[len(c.sums)-1].plus(w.by))
		if w.ok() {
			c.logs[w.at.origin] = append(c.logs[w.at.origin], w)
		}
	}
	for _, log := range c.logs {
		slices.SortStableFunc(log, func(a, b *write) int { return int(a.at.seq) - int(b.at.seq) })
		var total sum
		for _, w := range log {
			total = total.plus(w.by)
			w.upTo = total
		}
	}
}

// latest is the last acknowledged write of a log, of those wanted, that whoever claims a
// vector must have seen; nil if there is none. All earlier ones of the log it has seen
// itself. A removal that found nothing made no entry, and may have seen more than the one
// that was the last then: so its whole vector must be claimed.
func (c *cell) latest(origin crdt.Origin, claim crdt.Vector, wanted func(*write) bool) *write {
	log := c.logs[origin]
	for i := reached(log, claim[origin]) - 1; i >= 0; i-- {
		if wanted(log[i]) && claim.Covers(log[i].seen) {
			return log[i]
		}
	}
	return nil
}

// What latest may look for.
func anyWrite(*write) bool { return true }

func (w *write) isSet() bool     { return w.sets }
func (w *write) isRemoval() bool { return !w.sets }

// reached is how many of a log's writes are in entries up to seq.
func reached(log []*write, seq uint64) int {
	n, _ := slices.BinarySearchFunc(log, seq+1, func(w *write, seq uint64) int { return int(w.at.seq) - int(seq) })
	return n
}

// mustHaveSeen reports whether w was made where x was applied. Of two writes in one entry,
// nobody can tell which came first.
func (w *write) mustHaveSeen(x *write) bool { return w.at != x.at && w.mayHaveSeen(x) }

// mayHaveSeen is mustHaveSeen, or both are of one entry.
func (w *write) mayHaveSeen(x *write) bool { return w.seen[x.at.origin] >= x.at.seq }
