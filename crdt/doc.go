// Package crdt decides every merge in Pangea, and nothing else does: the writer
// applies its verdicts to rows. It is pure. No I/O, no clock, no randomness, no
// globals: time is an argument, state is a value.
//
//	Origin, Vector   who wrote, and what a region had applied when it wrote
//	Stamp, Meta      when a write happened, as a total order over all writes
//	Register         last writer wins (profile; one per field of prefs; handle)
//	Counter          PN-Counter: one (p, n) per origin
//	Dots             a tag of an OR-Set: add wins, without tombstones
//	Join…            two states, where no log leads from one to the other
//
// # Guarantees
//
// I8: merges commute, associate and are idempotent, and every tie is broken by a
// total order, so two replicas that applied the same writes hold the same state.
//
// # What it relies on
//
// Delivery is causal (I6) and, per origin, in order and exactly once (I5). Dots
// need it: they keep no tombstones, since whoever applies a removal has applied
// what it removes. Register needs it only to name the outcome of a conflict, never
// to decide the winner. The joins of states need that each is causally closed, and
// that its vector says all that was applied to it.
package crdt
