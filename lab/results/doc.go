// Package results records what an experiment found, for whoever wants to read it, check
// it or make it again:
//
//	NAME.md    the claims and whether they held, the tables, the curves, and how to repeat it
//	NAME.json  the same for a program, with all figures behind it
//	NAME.svg   the curves
//	README.md  all records of the directory, and the sum of their writes
//
// Guarantees: every record says its commit, machine, latency matrix and command; one
// that lacks any of them is refused. Files appear whole or not at all, and README.md only
// follows from the JSON files.
//
// Failure handling: a record of the same name is replaced, and its writes are no longer in
// the sum. A JSON file in the directory that is no record is an error, named.
package results
