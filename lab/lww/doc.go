// Package lww measures what last-writer-wins loses: pairs of writes to one profile from
// two regions, closer together than the way between them, of which one survives.
//
//	each Scene: a fresh stack with that clock ─▶ pairs (package conflict) ─▶ survivors, books
//
// The same pairs are fired with stamps of hybrid logical clocks and of wall clocks, with
// clocks that agree and with one that is behind, and by clients who have seen the other
// write. What differs between the scenes is therefore what the clock costs.
//
// The claims, each of which holds or is broken:
//
//   - every pair loses one write, and all regions keep the same one;
//   - the books of the regions say so, for as many writes, by their reasons;
//   - while clocks agree, no older write beats a newer one; with one behind, some do;
//   - who has seen a write beats it under a hybrid logical clock, however skewed;
//   - a loss that was planted is found.
//
// Failure handling: see package conflict. A broken claim is a result, and no error.
package lww
