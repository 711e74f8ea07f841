// Package failback kills a region under load, has the others change and delete what it
// holds, brings it back, and looks what it shows while it catches up, and what is left.
//
//	made in eu, seen by all ─▶ kill -9 of eu ─▶ us and ap change and delete it, both at once
//	─▶ eu is started, under reads ─▶ all is compared with what clients were told
//
// Once with the readiness guard on, and once with it off. In the first world, a snapshot
// that is taken while eu is away is restored into an empty database, and every log replayed
// from where the snapshot ends.
//
// A read is stale if eu itself answers it, and shows less than what clients elsewhere had
// been acknowledged before eu was started: that is decided by what the reader knows, whatever
// the clocks say. What is acknowledged later, while eu comes back, it need not show yet: that
// is lag, and not what a return may get wrong.
//
// The claims, each of which holds or is broken:
//
//   - with the guard, no read is stale (I13); without it some are: the reads can tell;
//   - no acknowledged change is lost, counted twice or resurrected, in any region, and no
//     increment of the load (I5);
//   - a change that is lost, doubled or resurrected on purpose is found;
//   - all regions hold the same in the end (I7), and so does the replayed database.
//
// Failure handling: a subject of which a change was not acknowledged is left out of what is
// compared, and counted. A region that does not come back ends the experiment with an error.
// A broken claim is a result, and no error.
package failback
