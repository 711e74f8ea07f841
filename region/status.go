package region

import "time"

// Status is the answer of GET /status: what a person, or the verifier, wants to
// know of a region first.
type Status struct {
	Region   string     `json:"region"`
	Epoch    uint32     `json:"epoch"`
	Ready    bool       `json:"ready"`
	Reason   string     `json:"reason,omitempty"` // why not ready
	Isolated bool       `json:"isolated"`         // serves without having heard of any peer (I13)
	Since    time.Time  `json:"since"`            // when the process started
	Clock    Clock      `json:"clock"`
	Vector   string     `json:"version_vector"` // applied
	Stored   string     `json:"stored"`         // in the database, applied or not
	Head     HeadStatus `json:"head"`

	Peers     []PeerStatus         `json:"peers"`
	Links     []LinkStatus         `json:"links"`      // this region reading its peers' logs
	BlockedOn map[string]string    `json:"blocked_on"` // by origin: what its next entry waits for (I6)
	Lag       map[string]LagStatus `json:"lag"`        // by origin: behind what its head is known to be
	Handles   HandleStatus         `json:"handles"`
	GuardsOff []string             `json:"guards_off,omitempty"` // what an experiment has switched off, as topology.yaml names it
	Space     []Space              `json:"space"`
	Seed      *SeedStatus          `json:"seed,omitempty"` // nil if no snapshot was needed since the start
}

// Clock is the region's source of stamps.
type Clock struct {
	Mode        string  `json:"mode"` // hlc or wall
	SkewSeconds float64 `json:"skew_seconds"`
}

// HeadStatus is the end of the region's own log.
type HeadStatus struct {
	Seq      uint64 `json:"seq"`
	Ordinal  uint64 `json:"ordinal"`
	Checksum string `json:"checksum"`
}

// PeerStatus is a peer as its last report showed it.
type PeerStatus struct {
	Region            string  `json:"region"`
	Registered        bool    `json:"registered"` // its progress holds back retention (I4)
	Reachable         bool    `json:"reachable"`
	Ready             bool    `json:"ready"`
	LastReportSeconds float64 `json:"last_report_seconds"` // ago; -1 if it never reported
	Stored            uint64  `json:"stored"`              // of this region's log
	Applied           uint64  `json:"applied"`
	HeldBytes         int64   `json:"held_bytes"` // of outbox and inbox, kept for it: an estimate
}

// LinkStatus is this region's connection to a peer's stream.
type LinkStatus struct {
	Region string `json:"region"`
	Up     bool   `json:"up"`
}

// LagStatus is a Lag in JSON.
type LagStatus struct {
	Entries     uint64  `json:"entries"`
	Writes      uint64  `json:"writes"`
	Seconds     float64 `json:"seconds"`
	SecondsLeft float64 `json:"seconds_left"` // until nothing is missing; -1 when it does not shrink, or is not known yet
}

// HandleStatus says what this region decides (I10), and how safe its answers are.
type HandleStatus struct {
	Shards     int    `json:"shards"`     // in the world
	Owned      string `json:"owned"`      // here, as ranges: "0-21"
	Durability string `json:"durability"` // "peer", or "local" while no peer is registered
	Decides    bool   `json:"decides"`    // false until it knows all that it ever decided: claims get 503
}

// Space is a store that grows: what bounds it, who holds its collection back, and when
// the bound is reached. It is measured each ten seconds.
type Space struct {
	Name      string `json:"name"`
	Size      int64  `json:"size"`
	Unit      string `json:"unit"`       // of size and limit: bytes or rows
	Limit     int64  `json:"limit"`      // 0 if it is not bounded by size
	BoundedBy string `json:"bounded_by"` // in words
	BlockedBy string `json:"blocked_by"` // the peer that what could go is kept for; empty if nobody

	GrowthPerSecond float64 `json:"growth_per_second"` // over the last five minutes; negative if it shrinks
	RunsOutSeconds  float64 `json:"runs_out_seconds"`  // until the limit at this growth; -1 if it is not coming
}
