// Package tally keeps what a run knows about the counters it wrote: for each
// key, what was acknowledged and what was left unanswered.
//
// Guarantees: if a region keeps I9 (conserved) and the run's keys are its own,
// every counter lies within Interval. A write that was refused moves neither
// bound, one of unknown outcome moves one of them.
package tally
