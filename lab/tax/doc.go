// Package tax measures what a write costs where it is accepted, and what it costs where
// one region must decide it: profiles and handles, from clients of each region.
//
//	client of C ─▶ C: a profile                        committed in C
//	            ─▶ C: a handle that C owns             and stored by a peer
//	            ─▶ C ─link─▶ O: a handle that O owns   decided and stored there, then shown in C
//
// One client of each kind sends one write after the other, at a rate that keeps nobody
// busy: what is measured is distance.
//
// The claims, each of which holds or is broken:
//
//   - a profile is answered within 15 ms (p99), in every region;
//   - half of the handles of another owner take at least the way to there and back;
//   - a link that is made longer, and only that, makes those claims dearer that cross it.
//
// Failure handling: a write that fails is counted, and not timed. A broken claim is a
// result, and no error.
package tax
