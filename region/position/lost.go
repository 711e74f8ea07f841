package position

import (
	"time"

	"pangea/crdt"
)

// lostAfter is how long every region must have said that it does not have an entry: until
// then one may be under way from a process that had read it.
const lostAfter = 2 * Silence

// Remains is how much of a log, up to seq, is not lost for good. What is beyond that nobody
// stores, of a log that has ended, and everybody said so for lostAfter: each peer there is, a
// de-registered one too, was in reach and ready all the time, and neither it nor this region
// has more to read back from its own stream.
func (t *Tracker) Remains(log crdt.Origin, seq uint64) uint64 {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.local == nil || !t.ended(log) {
		return seq
	}
	if t.gather(); t.gathered.IsZero() || time.Since(t.gathered) < lostAfter {
		return seq
	}
	return min(seq, max(t.local.Stored[log], t.known()[log]))
}

// gather notes since when all regions are there.
func (t *Tracker) gather() {
	all := t.local != nil && !t.local.Contradicted && !t.salvaging()
	for _, p := range t.peers {
		all = all && t.silent(p) < Silence && t.answers(p) && p.report.Ready && !p.report.Salvaging
	}
	switch {
	case !all:
		t.gathered = time.Time{}
	case t.gathered.IsZero():
		t.gathered = time.Now()
	}
}
