// Package snapshot puts a region's state on the wire and takes it off again: what
// GET /snapshot sends, and what a region that needs it joins. It is pure: a stream in,
// a stream out.
//
//	stream  "pangea snapshot" · version · frames
//	frame   length of the body (4 bytes, big endian) · kind · body · checksum
//
//	header  region.SnapshotHeader as JSON; the first frame
//	rows    state.Row after state.Row, about 64 KiB of them; any number of frames
//	entry   one payload that the donor stores and has not applied; any number
//	end     how many rows and entries there were; the last frame, and nothing follows
//
// Numbers in a body are varints, strings follow their length, and an origin is its
// index among the logs of the header, in order. A row is
//
//	class · key, empty if it is the one of the row before in the frame ·
//	profile, handle   register
//	counter           number of shares, then origin, P and N of each
//	tags              tag · number of dots, then origin, ordinal and seq of each
//	prefs             field · register
//
// and a register stamp · origin · seq · ordinal · 1 if null, or 0 and the value.
//
// # Guarantees
//
// The checksum of a frame is chained from the frame before, as that of an entry is. A
// stream that ends early, is damaged, was put together from two, or goes on after its
// end is an error of the iterators: who reads Rows and then Waiting to their ends
// without one has read all that was written. Rows come in the order of state.Row, and
// of each log the entries from the first that was not applied to the last stored.
//
// Memory is one frame on either side, whatever the state's size. A frame is at most
// 2 MiB: a row or an entry must fit in one.
package snapshot
