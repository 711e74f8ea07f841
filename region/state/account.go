package state

import (
	"pangea/crdt"
	"pangea/region"
)

// Tally counts events of one log and class by how they ended (I9). Those that are
// none of these are live: stored in a row.
type Tally struct {
	Committed  int64 // all of them
	Merged     int64 // taken up by a state that names no event: counters, tag removals
	Superseded int64
	Concurrent int64
	ClockSkew  int64
	Removed    int64
}

// End books n events that ended with verdict v.
func (t *Tally) End(v crdt.Verdict, n int64) { *t.sum(v) += n }

// Ended is the number of events that ended with verdict v.
func (t *Tally) Ended(v crdt.Verdict) int64 { return *t.sum(v) }

func (t *Tally) sum(v crdt.Verdict) *int64 {
	switch v {
	case crdt.Superseded:
		return &t.Superseded
	case crdt.Concurrent:
		return &t.Concurrent
	case crdt.ClockSkew:
		return &t.ClockSkew
	default:
		return &t.Removed
	}
}

// Account is what a cycle adds to the ledger. It holds only events of this
// region's own logs: every region books its own.
type Account struct {
	Tallies   map[Book]*Tally
	Conflicts []Conflict
}

// Book names one column of sums in the ledger.
type Book struct {
	Origin crdt.Origin
	Class  region.Class
}

// Conflict is a write of this region that lost to one that had not seen it, or,
// by clock skew, to one that it had seen.
type Conflict struct {
	Class region.Class
	Member
	crdt.Loss
}

func (a *Account) tally(o crdt.Origin, c region.Class) *Tally {
	book := Book{o, c}
	if a.Tallies[book] == nil {
		a.Tallies[book] = new(Tally)
	}
	return a.Tallies[book]
}
