package shipper

import (
	"context"

	"pangea/crdt"
	"pangea/region"
	"pangea/region/stream"
)

// Log is a log that a Shipper carries, and between what.
type Log struct {
	Origin crdt.Origin
	Outbox Outbox
	Stream Stream
}

// Outbox is the log as it is kept in the region's database.
type Outbox interface {
	// After returns consecutive entries from seq+1 on, about maxBytes of them, at
	// least one if there is one; region.ErrTrimmed if the outbox begins later.
	After(ctx context.Context, seq uint64, maxBytes int) ([]region.Record, error)
	// Needs tells what the stream should hold.
	Needs(ctx context.Context) (Needs, error)
	// At is the checksum of the log at seq; false or region.ErrTrimmed if there is no
	// such entry, or not any more. The head's is always known.
	At(ctx context.Context, seq uint64) (region.Checksum, bool, error)
}

// Needs are the entries of a log that matter to its stream.
type Needs struct {
	// Floor is the lowest entry that a registered peer may still need: one after the
	// head if there is none.
	Floor uint64
	// Head is the last entry.
	Head uint64
	// Wanted is, for each peer, the first entry that it does not store.
	Wanted []uint64
}

// Stream is the cache of the log that peers read.
type Stream interface {
	// Tail reads the end of the stream from what it holds.
	Tail(ctx context.Context) (stream.Tail, error)
	// Read returns one entry; Seq 0 if it is not there or cannot be read.
	Read(ctx context.Context, seq uint64) (region.Record, error)
	// Publish appends consecutive entries. After an error some of them may be in.
	Publish(ctx context.Context, records []region.Record) error
	// Recreate replaces the stream by an empty one that starts with first.
	Recreate(ctx context.Context, first uint64) error
	// Offer lets peers read a stream that was recreated. A repeat does nothing.
	Offer(ctx context.Context) error
}
