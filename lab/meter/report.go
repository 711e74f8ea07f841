package meter

import "time"

// Report is what was seen in a window of time.
type Report struct {
	From time.Time     `json:"from"`
	Took time.Duration `json:"took_ns"`

	Processes []Process `json:"processes"` // in the order of starting, then those that were added
	Logs      []Log     `json:"logs"`      // one of each region, in the order of topology.yaml
	Links     []Link    `json:"links"`     // ordered by origin, then region
}

// Process is what one part of the stack took; a Postgres with all its children.
type Process struct {
	Name string        `json:"name"`
	CPU  time.Duration `json:"cpu_ns"`   // user and system, in the window
	RSS  Series        `json:"rss"`      // bytes; memory that processes share counts once
	Peak int64         `json:"peak_rss"` // bytes
}

// Log is how a region's own log grew in the window.
type Log struct {
	Region  string `json:"region"`
	Events  uint64 `json:"events"`       // committed by its clients
	Entries uint64 `json:"entries"`      // published to its stream
	Stream  uint64 `json:"stream_bytes"` // of those entries
	WAL     uint64 `json:"wal_bytes"`    // of its database: own writes and those of others
}

// Link is the way of one region's log to another region.
type Link struct {
	Origin string        `json:"origin"`
	Region string        `json:"region"`
	Delay  time.Duration `json:"delay_ns"` // configured, one way

	Message Spread `json:"message"` // from a message's sending to its arrival, over the link
	Visible Spread `json:"visible"` // from a write's acknowledgement at the origin to its being read here
	Applied Spread `json:"applied"` // from commit to commit, of every entry, as the region itself measures it

	LagSeconds Series `json:"lag_seconds"` // age of the oldest entry that is missing
	LagWrites  Series `json:"lag_writes"`  // events that are missing
}

// Spread is how a duration was distributed.
type Spread struct {
	Count uint64        `json:"count"`
	Lost  uint64        `json:"lost,omitempty"` // that took longer than anyone waited
	Mean  time.Duration `json:"mean_ns"`
	P50   time.Duration `json:"p50_ns"`
	P99   time.Duration `json:"p99_ns"`
	Max   time.Duration `json:"max_ns,omitempty"`
}

// Series is a figure over time.
type Series []Point

// Point is a figure at one moment, in seconds since the start of the window.
type Point struct {
	At    float64 `json:"at"`
	Value float64 `json:"value"`
}

// Events is how many the clients of all regions committed.
func (r *Report) Events() uint64 {
	sum := uint64(0)
	for _, l := range r.Logs {
		sum += l.Events
	}
	return sum
}
