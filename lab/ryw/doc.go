// Package ryw lets clients read what they have just written, at the region that took it
// and at another one, and counts how often they do not see it.
//
//	pinned    write at C, read at C
//	hopping   write at C, read at D at once
//	vector    the same, with the version vector of the write sent along
//
// Each client writes keys of its own, of every class in turn, so that whatever else it
// reads is stale.
//
// The claims, each of which holds or is broken:
//
//   - a pinned client always reads its own write, and no counter goes back;
//   - a hopping one does not: the reads are able to notice;
//   - with the vector it always does, or is told that the region is not there yet.
//
// Failure handling: a request that fails is counted, and is no stale read. A broken claim
// is a result, and no error.
package ryw
