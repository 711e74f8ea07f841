// Package causal writes pairs of which the second depends on the first, lets the second
// reach a third region long before the first, and looks whether anyone there is shown the
// second alone.
//
//	us ── A ─(near)─▶ eu: a client reads A, then writes B
//	 └─── A ─(far)──▶ ap ◀─(near)─ B ──┘     a client reads B, then A
//
// The links get these distances for as long as that takes. Once with the causal wait on, and
// once, with the same pairs, with it off. The reader asks
// for A only when it was shown B: A that is missing then was missing when B was shown, for
// nothing here takes it away again. In the other order A could come between the two reads.
//
// The claims, each of which holds or is broken:
//
//   - with the wait, nobody is shown B without A (I6);
//   - without it somebody is, and with either so is who reads a B whose A nobody wrote: the
//     reads can tell;
//   - what eu removes stays removed everywhere, though ap stores the removal before it stores
//     the add, and all regions hold the same in the end.
//
// The last is a check of I7 under another order of arrival, and none of the causal wait:
// without it, too, an entry waits for the adds that it takes away (region/writer, waiting.go),
// since an OR-Set keeps no tombstones. It fails if that is given up as well.
//
// Failure handling: a pair of which a request fails, or does not come through within 30 s,
// is counted and says nothing. A broken claim is a result, and no error.
package causal
