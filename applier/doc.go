// Package applier carries a peer's log from the peer's stream to this region's
// writer.
//
//	peer's stream ──session──▶ ┐
//	peer's /log   ──gap──────▶ ├─ order ─batch─▶ Sink.Deliver ─▶ ack
//	another's /log ─relay────▶ ┘
//
// There is one Applier for each peer, and one goroutine in it: the three sources of
// a log take turns, so what is delivered is always one consecutive run.
//
// Guarantees: the position is what the Sink has stored, read anew for each session;
// an entry is delivered only as its continuation, byte for byte (I5, I14). A
// duplicate is dropped, nothing is ever skipped, and nothing is acknowledged before
// it is stored.
//
// Failure handling: whatever goes wrong ends the session, and the next one sets the
// consumer back to the position; pauses grow from 100 ms to 5 s. An entry that is
// missing, unreadable or of another history twice in a row is read from the origin's
// /log instead, which tells the origin to check its stream. So is everything that
// the stream has purged. If /log has an entry that cannot be read, or of another
// history, the log stops: an alert, a line that names the cure, a slow retry.
// When the peer is silent, its log is read from whoever reports to hold more of it.
package applier
