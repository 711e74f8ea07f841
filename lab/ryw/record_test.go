package ryw

import (
	"testing"

	"pangea/lab/results/resultstest"
)

// sound is what clients see if everything is as it should be.
func sound() *Finding {
	return &Finding{Counts: []Count{
		{Mode: Pinned, Reads: 400},
		{Mode: Hopping, Reads: 400, Stale: [4]int{90, 91, 92, 93}, Back: 7},
		{Mode: Vector, Reads: 399, Refused: 1},
	}}
}

func TestRecord_Claims(t *testing.T) {
	resultstest.Breaks(t, sound().Record())
	const (
		pinned  = "a client that is pinned to its region reads its own write, always"
		hopping = "one that hops does not, in any class: the reads can tell"
		vector  = "with the vector of the write it does, always"
		refused = "and is refused for it at most once in a hundred times"
	)
	for _, test := range []struct {
		want  string
		mode  int
		spoil func(*Count)
	}{
		{pinned, 0, func(c *Count) { c.Stale[3] = 1 }},
		{pinned, 0, func(c *Count) { c.Back = 1 }},
		{pinned, 0, func(c *Count) { c.Failed = 1 }},
		{pinned, 0, func(c *Count) { c.Refused = 1 }},
		{pinned, 0, func(c *Count) { c.Reads = 0 }},
		{hopping, 1, func(c *Count) { c.Stale[2] = 0 }},
		{vector, 2, func(c *Count) { c.Stale[0] = 1 }},
		{vector, 2, func(c *Count) { c.Back = 1 }},
		{vector, 2, func(c *Count) { c.Failed = 1 }},
		{refused, 2, func(c *Count) { c.Refused = 4 }},
	} {
		f := sound()
		test.spoil(&f.Counts[test.mode])
		resultstest.Breaks(t, f.Record(), test.want)
	}
}

// What was not measured holds no claim.
func TestRecord_OfNothingHoldsNothing(t *testing.T) {
	nothing := &Finding{Counts: []Count{{Mode: Pinned}, {Mode: Hopping}, {Mode: Vector}}}
	resultstest.HoldsNothing(t, nothing.Record())
}
