package region

import (
	"time"

	"pangea/crdt"
)

// Report is what a region tells every peer each second and after each apply. It
// is the only message besides the log: liveness, retention, acknowledgements,
// freshness and lag all come from it.
type Report struct {
	Origin    crdt.Origin // who reports, and its current log
	Instance  string      // the process that reports: another may know less (I14)
	Head      Head        // end of that log
	Stored    crdt.Vector // entries in its database, applied or not: this acknowledges
	Applied   crdt.Vector // entries it shows to readers
	Ordinals  crdt.Vector // the same as Applied, counted in events
	Floors    crdt.Vector // first entry that it can still serve of each log
	Ready     bool        // it serves clients
	Needs     bool        // it needs a snapshot and can have one, though it may serve
	Unproven  bool        // it asks what is stored of its log, to know that it may go on with it (I14)
	Salvaging bool        // its stream may have more of its former logs than anyone stores
	SentAt    time.Time   // its physical clock
	Echoes    map[string]Echo

	// Sums are the checksums of the logs of regions that asked, up to Stored.
	Sums map[crdt.Origin]Checksum
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
	Instance   string    // which process of that region was heard
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
	// Left is how long it will take until nothing is missing, as fast as the log was
	// applied and written of late. Negative when that cannot be told: not for a second
	// after it began to move, and not when the lag does not shrink.
	Left time.Duration
}
