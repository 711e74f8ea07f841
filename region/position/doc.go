// Package position knows who has applied what. It is fed by two sides, the
// region's own writer and the reports of its peers, and answers everyone else:
//
//	writer  ── Advance ──▶ ┌─────────┐ ◀── Observe ── peers' reports
//	                       │ Tracker │
//	api, handles ◀─ waits ─┤         ├─▶ Reporter ──▶ peers
//	retention, lag, status ◀─────────┘
//
// # Guarantees
//
//   - WaitApplied and WaitStored return nil only once it is so, by a commit of this
//     region or by a peer's own word. A peer's acknowledgement means stored.
//   - I13: Ready is false until the region has applied what its reachable peers
//     reported when it started, and again after its writer stood still.
//   - Stable (for collecting tombstones) never claims what a peer might not have.
//   - I6: Remains gives an entry up only when every region there is has said for 10 s that
//     nobody has it. A copy of a database that is put back later may have it all the same.
//
// # Failure handling
//
// A peer that is silent for 5 s is no longer reachable: readiness leaves it out and
// names it. Its last word still counts for retention. Reports may be lost, repeated
// or come out of order; positions only rise within an epoch.
package position
