// Package loss takes regions away under load, again and again, and checks that nothing
// is missing that had been promised to stay.
//
//	load on the routers, and a probe of each region
//	  ─▶ kill a region, or destroy it ─▶ note what the survivors store ─▶ go on without it
//	  ─▶ bring it back ─▶ end of the load ─▶ verify ─▶ read everything back
//
// The promises, checked in every region after each round:
//
//   - entries: it has applied all that a survivor had stored at the loss, of any log (I4),
//     and if it still holds the last one of the lost region, then with the same content;
//   - acknowledgements: it has each write of every class that was acknowledged with
//     X-Ack: peer, and each one that a region acknowledged by itself which was not then
//     destroyed (I1, I14); counters lie between what was acknowledged and what may
//     stand (I9);
//   - claims: a handle has the claimant that was told so (I10);
//   - state: all regions hold the same (I7).
//
// They are checked of all rounds so far: what one loss left, the next must not take. Only
// of former writes with a key of their own, each of which is a request, a sample is read
// again.
//
// What may be lost is measured: the writes that a destroyed region had acknowledged
// by itself, with X-Ack: local, and how long before the loss the oldest of them was. That
// is the recovery point (RPO), by class. If the region was only killed, it must be 0.
//
// Guarantees: a round that had none of a kind of these to check has not passed. The seed
// decides which region goes, when, and for how long. Rounds are bounded in time. What the
// probes write has keys that nobody else writes. A write of each class that nobody made, one
// increment too many, an entry that is not there and another content of one are planted, and
// must be found missing.
//
// Failure handling: a broken promise is counted and the next round begins; a region
// that does not come back, or regions that differ, end the experiment, and break a claim: with such a stack
// no other fault is tried.
package loss
