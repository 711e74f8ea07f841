package state

import (
	"fmt"
	"iter"
	"maps"
	"slices"

	"pangea/crdt"
	"pangea/region"
)

// Side is one of two states that are joined: its rows in order, and what it has
// applied. It is causally closed (I6), and its rows are all that is left of what it
// has applied.
type Side struct {
	Vector crdt.Vector
	Rows   iter.Seq2[Row, error]
}

// Join merges theirs into ours row by row, in memory for about size rows. It hands
// those of ours that change to write, about size of them at a time and as its to keep,
// with what the join ended of the events of the region self. A row may be in only one
// of the two: whether the other never had it or has taken it away, its vector tells.
//
// Rows that are out of order, of no known class, or an error of either side or of write
// end it: what was written until then is part of a state and must be undone.
//
// Who joins must take over the other's clock if it is ahead: where a tombstone was
// collected, that clock alone still knows which stamp the next write to the field has
// to beat.
//
// The account is incomplete. It has the losses that are certain, each once; it lacks
// own events that either side had already applied and the join drops, and what the
// other side alone knows of own former logs. The sums are to be put right afterwards,
// from the rows (I9).
func Join(self string, ours, theirs Side, size int, write func(*Rows, *Account) error) error {
	j := &joint{Cycle: NewCycle(self, NewRows()), ours: ours.Vector, theirs: theirs.Vector}
	for p, err := range pairs(ours.Rows, theirs.Rows) {
		if err != nil {
			return err
		}
		if err := j.join(&p.ours, &p.theirs); err != nil {
			return err
		}
		if j.size() < size {
			continue
		}
		if err := write(j.Rows, &j.Account); err != nil {
			return err
		}
		j.Cycle = NewCycle(self, NewRows())
	}
	if j.size() == 0 {
		return nil
	}
	return write(j.Rows, &j.Account)
}

// joint is a cycle that merges states instead of events.
type joint struct {
	*Cycle
	ours, theirs crdt.Vector
}

// size is how much waits to be written. A loss need not change a row of ours.
func (j *joint) size() int { return j.Rows.Len() + len(j.Account.Conflicts) }

// join merges two rows of one key, either of which may be empty.
func (j *joint) join(ours, theirs *Row) error {
	switch ours.Class {
	case region.Profile, region.Prefs, region.Handle:
		j.register(ours, theirs)
	case region.Counter:
		j.counter(ours, theirs)
	case region.Tags:
		j.dots(ours, theirs)
	default:
		return fmt.Errorf("join %s: this region does not know the class: upgrade it", ours)
	}
	return nil
}

func (j *joint) register(ours, theirs *Row) {
	merge := crdt.JoinRegister
	if ours.Class == region.Prefs {
		merge = crdt.JoinField
	}
	now, loss, lost := merge(ours.Register, theirs.Register, j.ours, j.theirs)
	if lost {
		j.lose(ours.Class, ours.member(), loss)
	}
	if now == ours.Register {
		return
	}
	cell := &Cell[crdt.Register]{Was: ours.Register, Now: now}
	switch ours.Class {
	case region.Profile:
		j.Rows.Profile[ours.Key] = cell
	case region.Handle:
		j.Rows.Handle[ours.Key] = cell
	default:
		j.Rows.Prefs[ours.member()] = cell
	}
}

func (j *joint) counter(ours, theirs *Row) {
	now := crdt.Counter{}
	now.Join(ours.Counter)
	now.Join(theirs.Counter)
	if !maps.Equal(now, ours.Counter) {
		j.Rows.Counter[ours.Key] = &Cell[crdt.Counter]{Was: ours.Counter, Now: now}
	}
}

func (j *joint) dots(ours, theirs *Row) {
	now := crdt.JoinDots(ours.Dots, theirs.Dots, j.ours, j.theirs)
	if !slices.Equal(now, ours.Dots) {
		j.Rows.Tags[ours.member()] = &Cell[crdt.Dots]{Was: ours.Dots, Now: now}
	}
}
