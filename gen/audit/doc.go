// Package audit decides, from the history of a run and from what the regions hold after
// it, whether every promise was kept that clients could see.
//
//	history ─▶ operations ─▶ cells: all that was written to one counter, value, tag or field
//	                  │         └▶ what an answer may show that claims a version vector
//	                  ├─ sessions: own writes, reads that go back (what a client was promised)
//	                  ├─ causes: vectors that claim a write without what it had seen (I6)
//	                  └─ handles: linearizable (I10)
//	state of the regions ─▶ the same cells, for a vector that claims all; the books (I9)
//
// # Guarantees
//
// It makes no use of the regions' own merges, stamps or digests: only of what clients were
// told. A write of unknown outcome may have happened at any time from when it was sent, or
// never. What it calls a violation is one, whatever the clocks of the regions did: of two
// writes that had not seen each other either may stay, of two that had the later must.
//
// One thing it accuses though it was not promised. A region that lost its disks may have lost
// what it alone had stored: X-Ack: local permits that. Here such writes count as lost, what
// was shown of them as gone back, and the books as wrong. They are not excused, since all
// that tells is a log that ended, and one ends too where nothing may be missing: after a
// restart while a peer is away.
//
// So some faults go unseen: a wrong winner of two concurrent writes that is the same wrong
// one everywhere, and what only an unanswered write explains.
//
// # Failure handling
//
// Regions that are not equal yet, a history that is cut short, or one of another stack, are
// errors: nothing is decided then. A handle with too many operations at once stays undecided
// after 20 s, and is no violation. It reads the regions, and writes nothing.
package audit
