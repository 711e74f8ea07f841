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
// On a loopback address, /console and /router are for requests whose Host is this machine:
// a site whose name was made to resolve here can neither look nor drain.
//
// # Drain
//
// A drained region gets nothing new while another can take its clients: they move as in
// any planned move, and what is under way finishes. It stays the last resort, for
// requests that no other region can answer now, so a drain by itself fails nobody. The
// drain that would leave no ready region is refused. Drains are known to this process
// alone, and end with it.
//
// # Sessions
//
// There is no session cookie. All clients of a router are at one region at a time, so
// each of them stays where it is until all move, and moves are rare (Rise, Hold, stay) and
// fresh. Where a client changes the router, or the region it was at is lost, only what it
// has seen helps it, wherever it lands: X-Min-Version-Vector says that, a cookie would only
// name a region. It would buy something in a router that spreads its clients over regions,
// which this one does not.
//
// # Outages
//
// Of each loss of a region three times are counted and shown (outage.go): from its last
// good answer until the router stopped sending to it, from that until another region had
// answered a client, and from its first good check until it was used again.
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
// The package knows the regions by topology.yaml and HTTP alone. It serves a console at
// /console if it is given one.
package router
