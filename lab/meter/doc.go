// Package meter tells what a run costs and how far behind the regions are, from
// outside of them.
//
//	a second ─▶ CPU and memory of each process (the system's count)
//	         ─▶ WAL position of each Postgres, if asked for
//	         ─▶ /metrics of each region: events committed, bytes to the stream, lag
//	10 times a second, of each region:
//	         ─▶ a message on its NATS, received over each link to it: the path of the log
//	         ─▶ a write to it, read from each other region: when it is visible there
//
// The messages travel through the same proxies as the log, under the same load, on one
// machine with one clock: what they take is what distance costs today, and the rest of
// the visibility lag is Pangea's. The writes are counters with keys of their own.
//
// Guarantees: whatever is counted since the start of a process is told as the
// difference over a window of time, and any number of windows can be had of one run.
// A figure that could not be had is absent, never zero.
//
// Failure handling: a part that does not answer leaves no sample and is asked again.
// Run ends only with its context.
package meter
