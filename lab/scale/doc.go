// Package scale measures throughput and latency as curves: against the rate that is
// offered, the number of regions, the rows that are present, and the size of a value.
//
//	point of a curve ─▶ a fresh stack ─▶ rows ─▶ round: as many writes as are answered
//	                                             └▶     a steady rate, for the latency
//	                 ─▶ verify ─▶ the stack is deleted
//
// Throughput is of a load without a pace; the time to answer is of an open loop beside a
// load at a steady rate, the same at each point. Against the offered rate, both are at that
// rate.
//
// Guarantees: points share nothing. A figure is the median of all rounds and stands beside
// its spread.
//
// Failure handling: see package trial. A point that fails ends the curve with an error;
// its stack is deleted all the same.
package scale
