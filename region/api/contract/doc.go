// Package contract states a region's HTTP interface as a table of requests and
// what must come of them, and runs it against any region that listens.
//
// Memory is a region without a database, a log or peers: enough to run the table
// on the API alone, and to make conditions that a real region meets rarely. It
// passes the same table as a real region.
package contract
