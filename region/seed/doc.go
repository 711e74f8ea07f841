// Package seed brings a region whose logs no longer lead to the present back into the
// world: it fetches a peer's snapshot, and has the writer join it.
//
//	Tracker.Need ──why, donors──▶ Seeder ──GET /snapshot──▶ donor
//	                                 └──snapshot.Reader──▶ Writer.Join ──▶ Tracker.Joined
//
// # Guarantees
//
// One snapshot at a time, in bounded memory, and nothing of it counts before the writer
// has committed all of it: an attempt that fails leaves no trace but a line in the log.
// The tracker hears of a donor only once it sends, so a peer that is asked at the same
// moment for the other way still gives one.
//
// # Failure handling
//
// A donor that refuses, goes away, sends nothing for 30 s, or sends something that is
// not a whole snapshot, ends the attempt; the next donor is asked at once. When all have
// been, the pause before the next round grows from 200 ms to 5 s, at random, so that two
// regions that need each other do not go on missing each other. It never gives up: what
// is needed is needed, and /status and a metric say so meanwhile.
package seed
