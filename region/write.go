package region

import (
	"pangea/crdt"
)

// Op is what a client asks a region to do.
type Op uint8

const (
	PutProfile    Op = iota + 1 // Key, Value
	IncrCounter                 // Key, By (negative: decr)
	AddTag                      // Key, Member
	RemoveTag                   // Key, Member
	PatchPrefs                  // Key, Fields
	ClaimHandle                 // Key, Value: the claimant
	ReleaseHandle               // Key, Value: the claimant
)

// Class is the data class that op changes.
func (op Op) Class() Class {
	switch op {
	case PutProfile:
		return Profile
	case IncrCounter:
		return Counter
	case AddTag, RemoveTag:
		return Tags
	case PatchPrefs:
		return Prefs
	default:
		return Handle
	}
}

// Field is one member of a merge patch.
type Field struct {
	Name  string
	Value string // JSON text
	Null  bool   // remove the field
}

// Write is one validated request to change state. The writer makes events of it.
type Write struct {
	Op     Op
	Key    string
	Member string
	Value  string
	By     int64
	Fields []Field

	// Once, if its Key is set, makes the write happen at most once in this region.
	Once Idempotency
}

// Idempotency is a client's name for one write, and a hash of the request that
// came with it: the same name with another request is an error.
type Idempotency struct {
	Key  string
	Hash Checksum
}

// Outcome is how a write ended. Only Done and Created changed anything.
type Outcome uint8

const (
	Done    Outcome = iota + 1 // committed, or nothing to change (an absent tag removed)
	Created                    // a handle was claimed
	Same                       // the claimant holds the handle already
	Taken                      // another claimant holds the handle
	Free                       // the handle to release is not claimed
)

// Result is the answer to a write.
type Result struct {
	Outcome Outcome
	Value   string // of a counter: its value after the write; of a handle: who holds it
	// Vector is what the region had applied once this was committed.
	Vector crdt.Vector
	// Position is the entry that this answer rests on: the write's own, or that of
	// the row which decided it. Zero if the answer rests on nothing.
	Position Position
	Replayed bool // an earlier answer under the same idempotency key
}

// Position is a place in a log.
type Position struct {
	Origin crdt.Origin
	Seq    uint64
}
