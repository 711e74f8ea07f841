package region

import "pangea/crdt"

// Progress is how far one log has come in a region.
type Progress struct {
	Stored   uint64
	Checksum Checksum // of the log up to Stored
	Applied  uint64   // Invariant: Applied <= Stored
	Ordinal  uint64   // last event applied
}

// SnapshotHeader says whose state a snapshot is, and how far each log, the region's
// own included, had come in it. Entries that were stored and not applied come with it.
type SnapshotHeader struct {
	Donor string                   `json:"donor"`
	Logs  map[crdt.Origin]Progress `json:"logs"`
	Clock crdt.Stamp               `json:"clock"`
	Rows  int64                    `json:"rows"` // an estimate
}

// Vector is what had been applied.
func (h SnapshotHeader) Vector() crdt.Vector {
	v := crdt.Vector{}
	for log, p := range h.Logs {
		v[log] = p.Applied
	}
	return v
}
