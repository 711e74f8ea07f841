// Package measure turns the answers of a run into numbers: outcomes, latencies
// and who served them, per class and per place where clients live.
//
// Guarantees: latency is counted from when an operation was due, not from when
// it was sent, so a stall counts against every operation that it delayed
// (coordinated omission cannot occur). Percentiles are of operations that were
// answered well; the others are counted, never timed. An outcome is called
// unanswered unless it is certain.
package measure
