// Package check compares the counters of every region with what the clients
// were told (I9 conserved, I7 convergent).
//
// Guarantees: it passes only if each counter of the tally was read from each
// region, lies in its interval there, and is the same everywhere. It writes
// nothing. A counter that looks wrong is read again until Wait is over, because
// the last writes of a run may still be under way.
//
// It fails wrongly if other runs wrote the same keys: their tallies have to be
// merged into the one that is checked.
package check
