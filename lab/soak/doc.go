// Package soak runs a stack at one rate for a long time, and finds out whether anything
// grows that must not: lag, memory, the time to answer.
//
// The claims of a run, each of which holds or is broken:
//
//   - all writes were acknowledged, at the rate that was offered;
//   - the lag of no link rises: over the last two thirds its slope is not above 0 within
//     its 95 % interval (package trend);
//   - what was missing at the end of the load was there 2 s later;
//   - the memory of no region rises by more than a twentieth, and it stays below a bound;
//   - all regions hold the same in the end (I7).
//
// Of links that are flat, one in forty is called rising by chance: with six links, one run
// in eight. The tables say by how much, and how sure that is.
//
// Guarantees: the record is of a whole run. One that was interrupted leaves none.
//
// Failure handling: see package trial. A broken claim is a result, and no error of Run.
package soak
