// Package shipper carries a region's log from its outbox to its stream.
//
//	writer ─commits─▶ Shipper ──publish──▶ stream
//	outbox ───────────────┘ at the start, and whenever a commit was missed
//
// The stream is a cache of the outbox. The only cursor is the stream's own last
// readable message: there is no row to fall out of step with it.
//
// Guarantees: entries enter the stream in order, each once, at the sequence that is
// their seq (I2, I3), because a publish states what it must follow. The shipper
// keeps nothing, so it may be killed anywhere.
//
// Failure handling: after any error, and every few seconds, it reads the stream's end,
// and the entry that each peer behind it waits for, and compares them with the outbox.
// A stream that is missing, was emptied, ends before what a peer has read, has holes,
// is of another epoch, says something else than the outbox, or takes no more entries, is
// rebuilt: one line and one metric say why. The new one begins with the lowest entry that a peer may
// need, but not so early that the others wait for long, and peers see it once it is
// refilled. What it does not hold they read from /log. While the outbox or the stream
// does not answer, entries wait in the outbox.
package shipper
