package state

import (
	"pangea/crdt"
	"pangea/region"
)

// Cycle applies events to rows. One serves one transaction.
type Cycle struct {
	Rows    *Rows
	Account Account

	self string // the region whose events are booked
}

// NewCycle works on rows for the region of that name.
func NewCycle(self string, rows *Rows) *Cycle {
	return &Cycle{Rows: rows, Account: Account{Tallies: map[Book]*Tally{}}, self: self}
}

// ApplyEntry applies the events of e, in order.
func (c *Cycle) ApplyEntry(e *region.Entry) {
	for i := range e.Events {
		c.apply(&e.Events[i], crdt.Meta{Origin: e.Origin, Seq: e.Seq, Ordinal: e.FirstOrdinal + uint64(i)}, e.Deps)
	}
}

// apply merges one event into its row. at is its identity but for the stamp, which
// the event carries. An event of this region is booked as committed here, be it a new
// one or one of a former log that comes back from a peer: a database restored from
// before that event lacks the sums too (I9).
func (c *Cycle) apply(ev *region.Event, at crdt.Meta, deps crdt.Vector) {
	if at.Origin.Region == c.self {
		c.commit(at.Origin, ev.Kind)
	}
	at.Stamp = ev.Stamp
	member := Member{ev.Key, ev.Member}
	switch ev.Kind {
	case region.ProfilePut:
		c.put(region.Profile, member, c.Rows.Profile[ev.Key], ev, at, deps)
	case region.PrefSet:
		c.put(region.Prefs, member, c.Rows.Prefs[member], ev, at, deps)
	case region.HandleSet:
		c.put(region.Handle, member, c.Rows.Handle[ev.Key], ev, at, deps)
	case region.CounterSet:
		c.count(c.Rows.Counter[ev.Key], ev, at)
	case region.TagAdd, region.TagRemove:
		c.tag(c.Rows.Tags[member], ev, at)
	}
}

func (c *Cycle) commit(o crdt.Origin, kind region.Kind) {
	tally := c.Account.tally(o, kind.Class())
	tally.Committed++
	if kind == region.CounterSet || kind == region.TagRemove {
		tally.Merged++
	}
}

func (c *Cycle) put(class region.Class, m Member, cell *Cell[crdt.Register], ev *region.Event, at crdt.Meta, deps crdt.Vector) {
	arriving := crdt.Register{Meta: at, Value: ev.Value, Null: ev.Null}
	winner, loss, lost := crdt.Put(cell.Now, arriving, deps)
	cell.Now = winner
	if lost {
		c.lose(class, m, loss)
	}
}

// lose books a write of this region that lost.
func (c *Cycle) lose(class region.Class, m Member, loss crdt.Loss) {
	if loss.Loser.Origin.Region != c.self {
		return
	}
	c.Account.tally(loss.Loser.Origin, class).End(loss.Verdict, 1)
	if loss.Verdict != crdt.Superseded {
		c.Account.Conflicts = append(c.Account.Conflicts, Conflict{Class: class, Member: m, Loss: loss})
	}
}

func (c *Cycle) count(cell *Cell[crdt.Counter], ev *region.Event, at crdt.Meta) {
	if cell.Now == nil {
		cell.Now = crdt.Counter{}
	}
	cell.Now.Put(at.Origin, ev.PN)
}

func (c *Cycle) tag(cell *Cell[crdt.Dots], ev *region.Event, at crdt.Meta) {
	var gone crdt.Dots
	verdict := crdt.Removed
	if ev.Kind == region.TagAdd {
		verdict = crdt.Superseded
		cell.Now, gone = cell.Now.Add(crdt.Dot{Origin: at.Origin, Ordinal: at.Ordinal, Seq: at.Seq}, ev.Dots)
	} else {
		cell.Now, gone = cell.Now.Remove(ev.Dots)
	}
	for _, d := range gone {
		if d.Origin.Region == c.self {
			c.Account.tally(d.Origin, region.Tags).End(verdict, 1)
		}
	}
}

// Collect books a tombstone that is deleted because every region has it.
func (c *Cycle) Collect(class region.Class, tombstone crdt.Register) {
	if tombstone.Origin.Region == c.self {
		c.Account.tally(tombstone.Origin, class).End(crdt.Removed, 1)
	}
}
