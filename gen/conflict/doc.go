// Package conflict makes pairs of writes to one key in two regions, each made before
// either region can have heard of the other, and finds out what became of both.
//
//	At(i) ─▶ Fire: side 0 ─▶ its region        ┐ closer together than the way between them
//	               side 1 ─▶ its region, later ┘
//	         Judge: read the key from every region ─▶ which of the two are still there
//
// The pairs of a seed are the same for every class: keys, regions and moments. So what a
// register loses can be laid beside what a counter, a set or an object of it keeps.
//
// # Guarantees
//
// Each pair has a key of its own, and both writes leave something by which each is known
// in what is read later: nothing that is lost, counted twice or made up goes unseen.
// A write counts as acknowledged by its answer alone.
//
// # Failure handling
//
// A write that fails is counted, never an error of the run. A region that cannot be read
// is: without it nothing can be said.
package conflict
