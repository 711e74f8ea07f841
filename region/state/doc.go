// Package state is what one writer cycle works on: the rows it touches, as read
// and as changed, and the account of what its merges dropped. It is pure: the
// store fills Rows before a cycle and writes them after it.
//
//	rows := NewRows()            rows.Want(write)         what to read
//	   store fills rows
//	plan := NewPlan(cycle, …)    plan.Do(write)           a local write becomes events, and rows
//	cycle := NewCycle(us, rows)  cycle.ApplyEntry(entry)  a remote entry becomes rows
//	   store writes rows and account in one transaction
//
//	Join(us, ours, theirs, …)    a peer's whole state becomes rows, where the logs no longer lead
//
// Local and remote events take the same way into the rows, so a region cannot
// treat its own writes differently from how its peers will (I7). Every merge is
// decided by package crdt.
//
// # Guarantees
//
// I7: a state that was joined is the one that the logs would have made.
//
// I9: an event leaves the rows only there, which books why: each event of
// this region's logs gets one verdict, in the transaction that drops it. A join
// cannot always know why: its comment says what it leaves out.
package state
