package region

import (
	"encoding/json"
	"time"
)

// LedgerRow accounts for the events of one class and origin (I9):
//
//	committed = live + merged + superseded + concurrent + clock_skew + removed
//
// A region books the events of its own logs, so the sum holds there at any time.
type LedgerRow struct {
	Class      string `json:"class"`
	Origin     string `json:"origin"`
	Committed  int64  `json:"committed"`
	Live       int64  `json:"live"`       // still stored
	Merged     int64  `json:"merged"`     // in a counter's sum
	Superseded int64  `json:"superseded"` // overwritten by a write that had seen it
	Concurrent int64  `json:"concurrent"` // lost to one that had not
	ClockSkew  int64  `json:"clock_skew"` // lost to one that it had itself seen
	Removed    int64  `json:"removed"`    // taken away on purpose
}

// Conflict is one write that was lost to a concurrent one, and what it lost to.
type Conflict struct {
	ID     ConflictID `json:"id"`
	At     time.Time  `json:"at"` // when this region merged the two
	Class  string     `json:"class"`
	Key    string     `json:"key"`
	Field  string     `json:"field,omitempty"` // of prefs
	Reason string     `json:"reason"`          // a crdt.Verdict
	Lost   Side       `json:"lost"`
	Won    Side       `json:"won"`
}

// Side is one of the two writes of a conflict.
type Side struct {
	Value   json.RawMessage `json:"value"`        // null too if the write removed the field
	Stamp   int64           `json:"stamp,string"` // text, as it does not fit a double
	Origin  string          `json:"origin"`
	Seq     uint64          `json:"seq"`
	Ordinal uint64          `json:"ordinal"`
}
