// Package ramp raises the load on a stack step by step, and finds for each link the rate
// from which on its lag grows.
//
//	round ─▶ 1,000 writes/s ─▶ drain ─▶ 2,000 ─▶ drain ─▶ … ─▶ as many as are answered
//
// The knee of a link is the highest rate before the first step at which its lag grew:
// while the load stayed the same, it rose by more than what it is at the lowest rate; or
// writes became visible more than twice as late as there; or not all of them 2 s after the
// load. That a slope is not flat does not suffice: of 72 that are, chance makes two or
// three look so. A link may have no knee: if regions take no more writes than it carries,
// the last step says how many they take.
//
// Guarantees: each round ends with a load that is not paced, so the ramp always reaches
// the end of what the machine can do. Every step starts with nothing missing.
//
// Failure handling: see package trial. A step that does not drain in time ends its round,
// and breaks a claim.
package ramp
