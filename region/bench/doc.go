// Package bench is what the benchmarks of the stages share, so that their figures
// can be added up: the same writes, in groups of the same sizes, and a meter of
// processor time for stages whose work is partly another process's.
//
// It is imported by tests only.
package bench
