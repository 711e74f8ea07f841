package crdt

import "slices"

// Dot names one add of a tag: the event that made it. Seq is the entry that
// carried the event; it says who had seen the dot.
type Dot struct {
	Origin  Origin
	Ordinal uint64
	Seq     uint64
}

// Same reports whether d and e are the same add.
func (d Dot) Same(e Dot) bool { return d.Origin == e.Origin && d.Ordinal == e.Ordinal }

// Dots are the live adds of one tag of an OR-Set. The tag is in the set iff there
// is one. There are no tombstones: the region's applied vector is the causal
// context (Bieniusa et al., 2012), and delivery is causal, so who applies a removal
// has applied the adds that it removes.
type Dots []Dot

// Add puts d in place of the dots that its writer saw, and returns what is left
// of the tag and the dots it replaced here. A dot added again changes nothing.
func (ds Dots) Add(d Dot, replaces []Dot) (left, replaced Dots) {
	left, replaced = ds.Remove(replaces)
	if !left.has(d) {
		left = append(left, d)
	}
	return left, replaced
}

// Remove takes the dots away that its writer saw: others, added concurrently,
// survive it (add wins). It returns what is left and what was taken away.
func (ds Dots) Remove(seen []Dot) (left, removed Dots) {
	for _, d := range ds {
		if Dots(seen).has(d) {
			removed = append(removed, d)
		} else {
			left = append(left, d)
		}
	}
	return left, removed
}

func (ds Dots) has(d Dot) bool { return slices.ContainsFunc(ds, d.Same) }
