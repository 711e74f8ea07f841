// Package writer changes a region's state. One goroutine and one connection do all
// of it, so there are no lock orders, no deadlocks, and commit order is sequence
// order (I2).
//
//	api ───── Do, DoAll ──▶ ┌────────┐            ┌─▶ Postgres, one transaction a cycle
//	                        │ Writer ├─ a cycle ──┤
//	applier ── Deliver ───▶ └────────┘            └─▶ then: answers, Tracker.Advance,
//	                                                  Commits (to the shipper)
//
// A cycle is either a group of local writes or a run of remote entries, never both:
//
//	fill    read the rows of the touched keys       one round trip
//	merge   package state, plain Go
//	commit  rows, log, head, positions, ledger      one round trip
//
// # Guarantees
//
//   - I1: a write is answered after its commit. I5: an entry is stored, merged and
//     counted in the position in one transaction, each once and in order. I6: an entry
//     is applied when what it depends on is; until then it waits in the inbox.
//   - I12: every cycle moves log_head on from the cycle before, or nothing is written.
//   - A local write never waits behind a long merge: runs are bounded by MaxRun events,
//     and take two thirds of the time while local writes wait, all of it otherwise.
//
// # Failure handling
//
//   - The database is away: writes get region.ErrUnavailable at once, deliveries
//     wait; the writer opens a new session as soon as it can.
//   - The database's disk is full: the same, but reads go on; one write a second is
//     tried.
//   - The connection breaks in a commit: the callers of that group wait until the new
//     session knows the outcome, or give up with region.ErrUnknown.
//   - A statement is refused: the group is replayed write by write, and only the
//     offender gets the error.
//   - Another process has the database: Run returns region.ErrFenced.
package writer
