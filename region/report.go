package region

import (
	"time"

	"pangea/crdt"
)

// Report is what a region tells every peer each second and after each apply. It
// is the only message besides the log: liveness, retention, acknowledgements,
// freshness and lag all come from it.
type Report struct {
	Origin   crdt.Origin // who reports, and its current log
	Head     Head        // end of that log
	Stored   crdt.Vector // entries in its database, applied or not: this acknowledges
	Applied  crdt.Vector // entries it shows to readers
	Ordinals crdt.Vector // the same as Applied, counted in events
	Ready    bool        // it serves clients
	SentAt   time.Time   // its physical clock
	Echoes   map[string]Echo
}

// Head is the end of a log.
type Head struct {
	Seq      uint64
	Ordinal  uint64
	Checksum Checksum
}

// Echo returns a report's send time to its sender, with the time it arrived, both
// by the clock of who reads them: enough to estimate the clocks' difference as NTP
// does (RFC 5905, section 8).
type Echo struct {
	SentAt     time.Time // by the clock of the region it came from
	ReceivedAt time.Time // by the clock of the region it came to
}

// Lag is how far a region is behind one log.
type Lag struct {
	Entries uint64
	Writes  uint64
	// Age of the oldest entry not applied, corrected for the clocks' difference.
	// Zero when nothing is missing.
	Age time.Duration
}
