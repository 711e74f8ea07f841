package router

import "pangea/crdt"

// seen is what clients have been shown of each region, by the X-Version-Vector of
// its answers. It makes a move between two live regions fresh (I13): a request to
// one demands what was seen of the others, until its own answers cover that.
//
// The join of all parts is what clients may have seen anywhere. It never shrinks
// but by forget, so an answer of the old region that arrives after the move, and
// even after the new one had covered the rest, opens the demand again. No count of
// requests under way is needed.
type seen []crdt.Vector

// demand is what a request to region i must not be answered without; nil if nothing.
func (s seen) demand(i int) crdt.Vector {
	var v crdt.Vector
	for j, w := range s {
		if j == i || len(w) == 0 {
			continue
		}
		if v == nil {
			v = w.Clone()
		} else {
			v.Join(w)
		}
	}
	return v
}

// answer records that region i answered with v, and drops what i now covers of others.
func (s seen) answer(i int, v crdt.Vector) {
	if s[i] == nil {
		s[i] = v.Clone()
	} else {
		s[i].Join(v)
	}
	for j, w := range s {
		if j != i && len(w) > 0 && s[i].Covers(w) {
			s[j] = nil
		}
	}
}

// forget drops what was seen of region i, which is lost and may have taken it along.
func (s seen) forget(i int) { s[i] = nil }
