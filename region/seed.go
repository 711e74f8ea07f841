package region

import "time"

// SeedStatus says how a region takes over a peer's snapshot, and how it last did. It
// counts what was read of the present donor's.
type SeedStatus struct {
	Why         string  `json:"why,omitempty"`   // a snapshot is needed; "" once one was joined
	Donor       string  `json:"donor,omitempty"` // "" while nobody gives one
	Rows        int64   `json:"rows"`
	Of          int64   `json:"of"` // an estimate
	Bytes       int64   `json:"bytes"`
	Seconds     float64 `json:"seconds"`
	SecondsLeft float64 `json:"seconds_left"` // -1 while there is nothing to tell it by

	Failure string      `json:"failure,omitempty"` // how the last attempt ended, unless it joined one
	Last    *SeedResult `json:"last,omitempty"`    // since the process started
}

// SeedResult is a snapshot that was joined.
type SeedResult struct {
	Donor   string    `json:"donor"`
	Rows    int64     `json:"rows"`
	Seconds float64   `json:"seconds"`
	At      time.Time `json:"at"` // when that was done
}
