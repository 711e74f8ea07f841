// Package bench measures what one load leads to, end to end, on a stack that has nothing
// else to do.
//
//	gen, one process ─▶ the regions, straight      ┐ one after the other, in each round,
//	                 ─▶ the regions, by the routers ┘ after a run that only warms up
//	meter            ◀─ CPU, memory, WAL and stream bytes, probes of each link
//	  then: until all regions have all
//
// The load is an open loop: a latency counts from when an operation was due. The generator
// gets the processor first (startFirst). A figure is
// the median of the rounds, and stands with the lowest and the highest of them.
//
// Guarantees: all figures of a run are of the same stretch of time. What a run did not
// yield is missing in the table, never zero. Seed, commit, machine, latency matrix and
// command are part of the report.
//
// Failure handling: operations that fail are counted. A generator that cannot run, or
// regions that do not get to the same state, end the bench with an error, and the report
// is of the runs before.
package bench
