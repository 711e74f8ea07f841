// Package store keeps one region's state in Postgres. It is the only package with
// SQL, and it decides nothing: what a merge yields comes from package state, when
// to commit from package writer.
//
//	Store     a pool for readers; anyone may use it at any time
//	Session   the writer's one connection, with the region's lock
//
// Readers of profiles and counters find in memory what the session remembers (hot.go);
// whoever wants a handle asks the database.
//
// # Guarantees
//
//   - I1, I5: Commit writes rows, log, head, positions, ledger and idempotency keys
//     in one transaction, in one round trip (a pipeline up to one Sync).
//   - I12: a Session holds the region's advisory lock on its own connection, and
//     every transaction of it first moves log_head on from the cycle it knows. A
//     process that lost the lock without noticing fails there with ErrFenced.
//   - I2, I4: the own log is dense; entries go only by DropBelow, in whole partitions.
//   - I14: which log is the own one is for log_head alone to say. The entries of all logs
//     are in one table, so that a new epoch begins without moving any.
//
// # Failure handling
//
//   - Postgres is away: readers get region.ErrUnavailable at once, but for what the Session
//     remembers until its writer closes it; that is dead, and the writer opens a new one.
//   - The connection breaks during Commit: ErrUnknownOutcome. The next Session takes
//     the lock first, which a dead backend holds until it committed or aborted, and
//     then reads what came of it (Session.Wrote).
//   - A statement is refused: nothing of the transaction stands; Refused tells it
//     from an outage, so that the writer can find the offender.
package store
