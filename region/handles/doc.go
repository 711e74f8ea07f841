// Package handles decides who holds a handle: in the one region that owns its
// shard (I10), wherever the question is asked.
//
//	here the owner     commit or read, wait until a peer stores what the answer
//	                   rests on, answer
//	another the owner  send the request over the link, wait until this region has
//	                   applied what the answer rests on (or 1 s), relay the answer
//
// # Guarantees
//
// Claims and releases of one handle form one linear history. No answer rests on an
// entry that the loss of one region could undo: every one of them, a refusal and a
// read too, waits for a peer, so that a restarted owner needs no memory of what it
// told whom. With no peer registered, the local commit suffices.
//
// # Failures
//
//	owner not heard of, refuses the connection,
//	or answers that it cannot decide now           ErrOwnerAway, no effect
//	link breaks after the request was sent         region.ErrUnknown for a write,
//	                                               ErrOwnerAway for a read
//	no peer stores the entry in time               ErrNotAcknowledged; the claim stands
//	a forwarded request reaches a region that
//	does not own the shard                         ErrNotOwner; never forwarded twice
//
// Shards do not move by themselves: while the owner is away, its handles are
// unavailable everywhere but for the local, possibly stale, copy (Peek).
package handles
