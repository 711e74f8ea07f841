package console

import (
	"strings"

	"pangea/crdt"
	"pangea/region"
)

// head is where a log ended at some moment.
type head struct{ seq, ordinal uint64 }

// heads are those of one log, rising. A region counts what it has applied in entries
// only, so the writes in them are read off here.
type heads struct {
	origin crdt.Origin
	past   []head
}

// maxHeads bounds the memory: half an hour of snapshots.
const maxHeads = 1800

func (h *heads) add(o crdt.Origin, now head) {
	if o != h.origin {
		*h = heads{origin: o, past: []head{{}}}
	}
	if now.seq <= h.past[len(h.past)-1].seq {
		return
	}
	if len(h.past) == maxHeads {
		h.past = append(h.past[:1], h.past[2:]...)
	}
	h.past = append(h.past, now)
}

// writesAfter is how many writes are in the entries after seq. Between two moments
// entries are taken to be of equal size.
func (h *heads) writesAfter(seq uint64) uint64 {
	if len(h.past) == 0 {
		return 0
	}
	last := h.past[len(h.past)-1]
	for i := len(h.past) - 1; i > 0; i-- {
		a, b := h.past[i-1], h.past[i]
		if seq >= b.seq {
			return last.ordinal - b.ordinal
		}
		if seq >= a.seq {
			share := float64(seq-a.seq) / float64(b.seq-a.seq)
			return last.ordinal - a.ordinal - uint64(share*float64(b.ordinal-a.ordinal))
		}
	}
	return last.ordinal
}

// lacks is how many entries of the logs of from are in ends and not in applied.
func lacks(ends, applied crdt.Vector, from string) (entries uint64) {
	for o, seq := range ends {
		if have := applied[o]; o.Region == from && have < seq {
			entries += seq - have
		}
	}
	return entries
}

// lagSeconds is the age of the oldest entry of from's logs that a region lacks, as it
// says itself. Whoever does not hear from counts the silence.
func lagSeconds(s region.Status, from string) *float64 {
	age := 0.0
	for origin, lag := range s.Lag {
		if name, _, _ := strings.Cut(origin, "."); name == from {
			age = max(age, lag.Seconds)
		}
	}
	return &age
}
