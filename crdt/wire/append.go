package wire

import (
	"encoding/binary"

	"pangea/crdt"
)

// AppendString appends s after its length.
func AppendString(b []byte, s string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(s))), s...)
}

// AppendOrigin appends the region and the epoch of o.
func AppendOrigin(b []byte, o crdt.Origin) []byte {
	return binary.AppendUvarint(AppendString(b, o.Region), uint64(o.Epoch))
}
