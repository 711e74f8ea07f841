// Package soak runs a stack at one rate for a long time, and finds out whether anything
// grows that must not: lag, memory, the time to answer.
//
// The claims of a run, each of which holds or is broken:
//
//   - all writes were acknowledged, at the rate that was offered;
//   - the lag of no link rises: over the last two thirds its slope is not above 0 within
//     an interval so wide that those of all links hold with 95 % (package trend);
//   - what was missing at the end of the load was there 2 s later;
//   - the memory of no region rises by more than a twentieth, and it stays below a bound;
//   - all regions hold the same in the end (I7).
//
// Of runs in which all links are flat, one in forty says by chance that one of them rises.
// The tables say by how much, and how sure that is.
//
// Guarantees: the record is of a whole run. One that was interrupted leaves none.
//
// Failure handling: see package trial. A broken claim is a result, and no error of Run.
package soak
