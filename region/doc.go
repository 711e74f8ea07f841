// Package region is the domain: the words that every other package speaks.
//
//	Write     what a client asked for            (write.go)
//	Event     what a committed write did         (event.go)
//	Entry     one group commit, one log message  (entry.go, codec.go)
//	Report    what a region tells its peers      (report.go)
//
// A write becomes events when it commits; a commit's events form one entry; the
// entry is one outbox row, one JetStream message and one unit of apply. The code
// that moves them lives below and beside:
//
//	region/api      HTTP in, Write out
//	region/writer   the one goroutine that changes state
//	region/store    the only package with SQL
//	region/stream   the only package with NATS
//	region/position who has applied what: waits, acknowledgements, freshness
//	region/handles  ownership and forwarding
//	region/snapshot all of a region's state on the wire
//	region/seed     a peer's snapshot, for a region that needs one
//	region/node     one region, put together
//	../shipper      outbox to stream
//	../applier      peers' streams to writer
//
// This package does no I/O and keeps no state. The invariants I1 to I14, which the
// code cites by number, are listed in docs/guarantees.md.
package region
