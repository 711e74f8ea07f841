// Package failback kills a region under load, has the others change and delete what it
// holds, brings it back, and looks what it shows while it catches up, and what is left.
//
//	made in eu, seen by all ─▶ load, of which eu takes its part ─▶ kill -9 of eu ─▶ us and ap change and delete it, both at once
//	─▶ eu is started, under reads ─▶ all is compared with what clients were told
//
// Once with the readiness guard on, and once with it off. In the first world, a snapshot
// that is taken while eu is away is restored into an empty database, and every log replayed
// from where the snapshot ends; and again, but for the last write, which has to make a
// difference. Where there is no cluster that databases may be left in, that is left out.
//
// A read is stale if eu itself answers it, and shows less than what clients elsewhere had
// been acknowledged before eu was started: that is decided by what the reader knows, whatever
// the clocks say. What is acknowledged later, while eu comes back, it need not show yet: that
// is lag, and not what a return may get wrong.
//
// The claims, each of which holds or is broken:
//
//   - eu had taken writes of the load when it was killed;
//   - with the guard, no read is stale (I13), also of those that eu was asked while it lacked
//     something; without it some are: the reads can tell;
//   - eu has what it lacked within 10 s of its start;
//   - no acknowledged change is lost, counted twice or resurrected, in any region, and no
//     increment of the load (I5);
//   - a change that is lost, doubled or resurrected on purpose is found;
//   - all regions hold the same in the end (I7), and so does the replayed database.
//
// Failure handling: a subject of which a change was not acknowledged is left out of what is
// compared, and counted. A region that takes no part in the load, does not come back, or has
// not all that it lacked after 2 min, ends the experiment with an error.
// A broken claim is a result, and no error.
package failback
