// Package applier carries peers' logs to this region's writer.
//
//	peer's stream ──session──▶ ┐
//	peer's /log ─gap, detour─▶ ┴─ Applier ─batch─▶ ┐
//	                                               ├─▶ Sink.Deliver
//	any holder's /log ─page──▶ ─── Relay ──batch─▶ ┘
//
// There is one Applier for each peer, and one goroutine in it: stream and /log take
// turns. There is one Relay, with two goroutines that read one log each, a page at a
// time, in turn. It reads what no stream brings: the log of an origin that is silent,
// what an origin no longer keeps, and the logs of former epochs, this region's own
// included. Both may deliver one log for moments; the Sink drops what it has.
//
// Guarantees: where to go on is what the Sink has stored, read anew for each session
// and each page; an entry is delivered only as its continuation, byte for byte (I5,
// I14). A duplicate is dropped, nothing is ever skipped, and nothing is acknowledged
// before it is stored. No log waits for more than a page of another, and none at all
// for one that has stopped.
//
// Failure handling:
//   - Whatever goes wrong ends the session, and the next one sets the consumer back to
//     what is stored; pauses grow from 100 ms to 5 s.
//   - The stream is missing, is being refilled, refuses, or ends before the log does: what
//     the origin reports to have is read from its /log, and then the stream is tried again,
//     within 500 ms. That nothing is published shows after 3 s without an entry.
//   - An entry that is missing, unreadable, of another history or not sent twice in a row
//     is read from the origin's /log, which tells the origin to check its stream. So is
//     what the stream has purged. What /log no longer has either, the relay or a snapshot
//     brings; sessions end until it is there.
//   - /log has an entry that cannot be read, or of another history: the log stops, with
//     an alert, a line that names the cure, and a retry each 30 s.
//   - A holder of a log does not answer, or has dropped the entry: the relay asks again
//     each 500 ms, whoever reports to have most by then.
package applier
