package history

import (
	"time"

	"pangea/region"
)

// Format is the version of the files that this package writes, and the only one it reads.
const Format = 1

// Header is the first line of a history.
type Header struct {
	Format  int       `json:"pangea_history"`
	Run     string    `json:"run"` // the mark that the run left in the stack
	Started time.Time `json:"started"`
	Seed    uint64    `json:"seed"`
	Prefix  string    `json:"prefix"` // of every key
	Config  any       `json:"config"`
	Machine any       `json:"machine"` // and the commit of the generator

	// Ledgers are the books of each region of the topology before the first operation (I9).
	Ledgers Ledgers `json:"ledgers"`
}

// Ledgers are the books of regions, by their names.
type Ledgers map[string][]region.LedgerRow

// trailer is the last line.
type trailer struct {
	Operations *uint64 `json:"operations"`
}
