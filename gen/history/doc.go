// Package history keeps every operation of a run in files that others can read:
//
//	history.jsonl   what the run was; then a line per operation, as they end; then how many
//	latency.hlog    the latencies of each second, as an HdrHistogram interval log
//
// A Writer takes the operations while they happen, Read gives them back, and Mark leaves in
// a stack by what a history is known to be of it.
//
// # Guarantees
//
// A history is complete or says that it is not: its last line counts the others, and is
// written only if all of them are on the disk. All times of a history are of one monotonic
// clock, in nanoseconds from the start of the run. The order of the lines means nothing.
//
// # Failure handling
//
// A disk that is slow holds the run up, by which its pacing shows it. One that takes no more
// closes Failed, and Close returns why.
package history
