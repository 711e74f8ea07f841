// Package gen drives a seeded load at a fixed rate and reports what came of it.
//
//	workload.At(i) ─▶ pace: due at start + i/rate ─▶ client ─HTTP─▶ router of place i mod n
//	                  routes: whose it is, from where   ├▶ measure: outcome, latency, tally
//	                                                    └▶ history: all of it, if it is recorded
//
// Guarantees: the loop is open. An operation is due when the rate says so,
// whatever became of those before it, and its latency counts from then. It is
// sent once and never repeated. What the generator could not keep up with is
// reported as its own fault.
//
// Failure handling: an operation that fails is counted, never an error of the
// run. A cancelled run stops sending, waits for what is in flight, and reports
// what it has; its tally is as true as that of a complete one.
//
// It talks HTTP to the routers; to the regions for their /status, and before a run that
// is recorded for their books, and to leave its mark.
package gen
