package console

import "time"

// World is what does not change while the console runs: the page is laid out by it.
type World struct {
	Title   string   `json:"title"`   // whose console this is
	Regions []string `json:"regions"` // in the order of the topology
	Pairs   []Pair   `json:"pairs"`
	Faults  bool     `json:"faults"` // there are buttons
	Charts  bool     `json:"charts"` // they were built
}

// Pair is two regions and the round trip between them, by the topology.
type Pair struct {
	A   string  `json:"a"`
	B   string  `json:"b"`
	RTT float64 `json:"rtt_seconds"`
}

// Snapshot is the world at one moment, as far as it answered.
type Snapshot struct {
	At         time.Time  `json:"at"`
	Regions    []Region   `json:"regions"`
	Links      []Link     `json:"links"`
	LinksError string     `json:"links_error,omitempty"` // why their state is not known
	Routers    []Router   `json:"routers"`
	Agreement  Agreement  `json:"agreement"`
	Conflicts  []Conflict `json:"conflicts"` // found since the snapshot before, the newest first
	Events     []Event    `json:"events"`    // since the snapshot before
}

// Region is one region, as it says itself.
type Region struct {
	Name      string            `json:"name"`
	Error     string            `json:"error,omitempty"` // why it says nothing; the rest is empty then
	Ready     bool              `json:"ready"`
	Reason    string            `json:"reason,omitempty"` // why it is not ready
	Isolated  bool              `json:"isolated"`
	Vector    string            `json:"version_vector"`
	BlockedOn map[string]string `json:"blocked_on,omitempty"`
	Peers     []Peer            `json:"peers"`
	Reads     Traffic           `json:"reads"`
	Writes    Traffic           `json:"writes"`
	Failed    *float64          `json:"failed_per_second"`    // answers 5xx
	Conflicts *float64          `json:"conflicts_per_second"` // own writes that were lost
}

// Peer is what a region knows of another.
type Peer struct {
	Region    string `json:"region"`
	Reachable bool   `json:"reachable"`
	Entries   uint64 `json:"entries"` // of this region's log that it has not applied
	HeldBytes int64  `json:"held_bytes"`
}

// Traffic is what local clients got over the window. A quantile of nothing is null, and so
// is a rate while the region does not show its metrics.
type Traffic struct {
	Rate *float64 `json:"per_second"`
	P50  *float64 `json:"p50_seconds"`
	P99  *float64 `json:"p99_seconds"`
}

// Link is how the data of From travels to To.
type Link struct {
	From    string   `json:"from"`
	To      string   `json:"to"`
	State   string   `json:"state"`          // of its Wire; "unknown" without one
	RTT     *float64 `json:"rtt_seconds"`    // null while the state is unknown
	Jitter  *float64 `json:"jitter_seconds"` // likewise
	Up      bool     `json:"up"`             // To reads From's log by it
	Entries uint64   `json:"entries"`        // of From's logs that To has not applied
	Writes  uint64   `json:"writes"`         // in them, about
	Seconds *float64 `json:"lag_seconds"`    // age of the oldest of them, as To sees it; null if To is silent
}

// Router is one router, and where it sends its clients.
type Router struct {
	Region  string `json:"region"`
	Error   string `json:"error,omitempty"`
	Current string `json:"current"`
}

// Conflict is a lost write, and the region whose write it was.
type Conflict struct {
	Region string    `json:"region"`
	At     time.Time `json:"at"`
	Class  string    `json:"class"`
	Key    string    `json:"key"`
	Field  string    `json:"field,omitempty"`
	Reason string    `json:"reason"`
	Lost   Side      `json:"lost"`
	Won    Side      `json:"won"`
}

// Side is one of the two writes of a conflict.
type Side struct {
	Origin string `json:"origin"`
	Value  string `json:"value"` // its JSON, to be looked at: of a long one, the beginning
}

// Event is something that changed.
type Event struct {
	At   time.Time `json:"at"`
	Kind string    `json:"kind"` // see changes
	Text string    `json:"text"`
}
