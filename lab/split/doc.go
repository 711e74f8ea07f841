// Package split cuts the world in two, has both sides write to the same keys, heals it,
// and measures how it grows together again.
//
//	us ─╳─ eu   both serve: pairs of writes to profiles, counters, tags and prefs
//	us ─── eu   how long until all have all; what is left of each pair; what the books say
//
// Once with the relay off, so that the two sides know nothing of each other, and once with
// it on, when the third region carries their logs around the cut.
//
// The claims, each of which holds or is broken:
//
//   - both sides take every write while they are cut off from each other, and they are;
//   - after the heal all regions have all within 3 s;
//   - every key then holds one value: profiles one write of each pair, whose loss is
//     booked once, the others both;
//   - with the relay on, neither side is behind by more than the relay's silence and 3 s.
//
// Failure handling: see package conflict. The link is healed whatever happens. A broken
// claim is a result, and no error.
package split
