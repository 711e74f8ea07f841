// Package peers compares Pangea with what one would use instead: the same writes, on the
// same machine, one after the other, in one run.
//
//	search:  a few client counts on each system, to give each its best, and the pace
//	         with which it keeps up if it is slower than its clients
//	round:   Pangea ─▶ pglogical     each from nothing, alone on the machine,
//	round:   pglogical ─▶ Pangea     and first and second in turn; one whose lag grows is
//	         measured again, slower, until it keeps up
//
// A measurement loads all three regions as fast as they answer, and beside that writes a
// row in each region ten times a second and looks for it in the others: the age of the
// oldest one that is the newest there is the lag. After the load a last row of each
// region is waited for: a log is applied in order, so when it is there all of it is (I6).
// Then it counts the keys that are not the same everywhere.
//
// Both systems get upserts of one row with the same keys and values, the same Postgres
// and settings, and the same links. What a system is asked besides is asked of both by
// the same code.
//
// Guarantees: only measurements with flat lag count, except that the peer gets the slowest
// one of a round in which it had none. A write counts when it was acknowledged. The p99 is that of requests, or
// transactions, in the slowest region.
//
// Failure handling: a system that cannot be started, loaded or asked ends the run. One
// that does not drain in time, or whose regions differ, is a result. Interrupted, it
// stops what it started.
package peers
