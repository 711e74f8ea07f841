package region

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"pangea/crdt"
)

// MaxEntry bounds an encoded entry, in bytes. The writer ends a group here, and a
// JetStream message must hold one.
const MaxEntry = 512 << 10

// Checksum identifies a log up to and including one entry: it is chained from the
// entry before. Two histories under one name differ in it (I14).
type Checksum [16]byte

// String is the checksum in hexadecimal.
func (c Checksum) String() string { return hex.EncodeToString(c[:]) }

// MarshalText makes a checksum a JSON string.
func (c Checksum) MarshalText() ([]byte, error) { return []byte(c.String()), nil }

// UnmarshalText reads what MarshalText wrote.
func (c *Checksum) UnmarshalText(text []byte) error {
	if len(text) != hex.EncodedLen(len(c)) {
		return fmt.Errorf("checksum %q is not %d bytes in hexadecimal", text, len(c))
	}
	_, err := hex.Decode(c[:], text)
	return err
}

// Next is the checksum of a log that ends in c, after an entry encoded as body.
func (c Checksum) Next(body []byte) Checksum {
	h := sha256.New()
	h.Write(c[:])
	h.Write(body)
	var sum [sha256.Size]byte
	return Checksum(h.Sum(sum[:0])[:len(c)])
}

// Entry is one group commit: one outbox row, one JetStream message, one unit of
// apply.
type Entry struct {
	Origin       crdt.Origin
	Seq          uint64      // dense from 1 within the origin (I2)
	Deps         crdt.Vector // what the region had applied before this commit; its own part is Seq-1
	FirstOrdinal uint64      // number of Events[0] within the log; the others follow
	CommittedAt  time.Time   // the origin's physical clock, to the microsecond
	Events       []Event

	// Payload is the encoded entry, checksum included. Encode and Decode set it.
	Payload []byte
	// Checksum is the chain's value at this entry, as the payload states it.
	Checksum Checksum
}

// LastOrdinal is the number of the entry's last event.
func (e *Entry) LastOrdinal() uint64 { return e.FirstOrdinal + uint64(len(e.Events)) - 1 }

// Removals is the part of Deps that convergence rests on (I7): the adds of other logs that
// e replaces or takes away. A set has no tombstones, so an add that came after its removal
// would stay.
func (e *Entry) Removals() crdt.Vector {
	v := crdt.Vector{}
	for i := range e.Events {
		for _, d := range e.Events[i].Dots {
			if d.Origin != e.Origin {
				v[d.Origin] = max(v[d.Origin], d.Seq)
			}
		}
	}
	return v
}

// Follows reports whether e continues, byte for byte, the log whose checksum is prev.
func (e *Entry) Follows(prev Checksum) bool {
	return prev.Next(e.Payload[:len(e.Payload)-len(e.Checksum)]) == e.Checksum
}

// Errors of Decode. An entry that cannot be decoded stops its origin; it is never
// skipped (I5).
var (
	ErrCorrupt = errors.New("entry is corrupt")
	ErrNewer   = errors.New("entry has a newer format: upgrade this region")
)

// Record is an entry as the log keeps it: still encoded.
type Record struct {
	Seq     uint64
	Payload []byte
}
