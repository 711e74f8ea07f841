// Package router sends each client of one place to its nearest ready region, and
// moves it on when that region is lost and back when it returns. Which one is the
// nearest, the topology says, or the checks (Policy).
//
//	client ── Router ──▶ world.pick ──▶ region, over the link a client here would cross
//	                       ▲    ▲
//	     watch: GET /readyz ┘    └ what clients have seen of each region (seen.go)
//
// # Guarantees
//
// A request reaches the region as it was sent: escaped path, query, headers and
// body are never rewritten, and nothing is redirected. Only hop-by-hop headers
// are dropped, and X-Min-Version-Vector is raised during a planned move.
//
// A request is repeated at another region only when the first try certainly had no
// effect (503, or a connection that was never made), or when it is a read. Any other
// request whose connection breaks is answered 504: its outcome is unknown.
//
// Fresh moves (I13): while a region that clients have read from is still ready, a
// request to another one demands everything they have seen, with
// X-Min-Version-Vector. The other one waits until it has applied that, or refuses,
// and then the move is called off. So a client sees neither stale state nor an error.
// After an unplanned failover nothing is demanded of the lost region, whose last
// entries may be lost with it.
//
// Regions get whole requests only: a slow or oversized body ends here.
//
// # Failure handling
//
//	region refuses the connection  next region, at once
//	region answers not-ready       next region, at once
//	region's link swallows bytes   next region after two unanswered checks, two to three seconds;
//	                               reads under way to it are repeated then
//	idle connection was closed     another is taken or made, before a byte is sent
//	connection breaks              the region is checked at once; reads are repeated
//	region answers another 503     repeated once elsewhere, and the region is checked at once
//	answer breaks off half-way     the client's connection is broken too, so that it can tell;
//	                               answers that fit one buffer are sent whole or not at all
//	no region is ready             503, naming what is wrong with each
//
// The package knows the regions by topology.yaml and HTTP alone.
package router
