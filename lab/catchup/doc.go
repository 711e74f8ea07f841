// Package catchup measures how fast one link brings a region back up to date.
//
//	cut the link ─▶ write to its origin alone ─▶ origin at rest ─▶ heal ─▶ nothing is missing
//	                                                                └─ each 100 ms: how much is
//
// The link is one way: us ─▶ eu brings eu the log of us. Nobody writes while it catches
// up, so the figure is what the link, and the region behind it, can do at most. World has
// no relay, which would carry the log around the cut.
//
// What a region lacks is told in events, by the ordinals of both databases: what counts as
// applied is committed.
//
// Guarantees: catching up begins before the heal and ends when all has been seen applied,
// so no figure is flattered by how often it looks. A round in which anything of the log
// passed the cut is an error, and so the backlog is all that came over the link.
//
// Failure handling: writes that were refused are counted, and break a claim. A backlog that
// takes longer to apply than it took to write, and at least 2 min, is an error, as is a
// database that does not answer. The link stays cut after an error: the stack is to be
// deleted.
package catchup
