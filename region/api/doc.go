// Package api is a region's HTTP interface: it turns requests into region.Write
// values and reads, and what comes of them into JSON. It holds no state but
// buffers, and decides nothing about data.
//
//	server.go      connections: limits, and what is no request
//	clients.go     how connections end
//	routes.go      which path and method is which operation
//	call.go        one request: what is checked, in which order
//	deadlines.go   how long it may take
//	stream.go      answers that are sent while they are made
//	conditions.go  the headers that set conditions: vector, acknowledgement, waits
//	document.go    JSON in, as it was sent
//	answer.go      JSON out
//	problem.go     everything that is not a success
//
// # Guarantees
//
// Every refusal is an RFC 9457 problem whose type is /problems/ and a stable name,
// and whose detail says what to do. A status of 4xx or 503 means that nothing was
// written; 504 means that the write may stand. No input leads to a 500.
//
// X-Version-Vector, and version_vector in the body, never claim more than the
// answer shows: of a read, the vector is taken before the row; of a write, it is
// the one that the commit made.
//
// # Failures
//
// An answer that cannot be finished breaks the connection: what was sent of it does not
// look like a short answer. A handler that panics answers 500, or 504 to a write; once an
// answer is being sent, it breaks the connection.
//
// The server reuses the memory of a request, headers and path included, for the next
// one: whatever is kept is a copy.
//
// A database that is away is 503, or 504 once a write was submitted. A region that
// is not ready (I13) refuses everything that touches state, and still answers
// /healthz, /readyz, /status, /metrics, /digest, /ledger, /conflicts, /log and /snapshot.
package api
