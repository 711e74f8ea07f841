package conflict

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"pangea/gen"
	"pangea/gen/client"
	"pangea/gen/workload"
)

// Config describes pairs, and how they are fired.
type Config struct {
	Seed   uint64         `json:"seed"`
	Prefix string         `json:"prefix"` // of every key
	Class  workload.Class `json:"class"`  // all but handles, which two regions cannot both write
	Pairs  int            `json:"pairs"`

	// Rate is how many pairs are due per second. Defaults to 500.
	Rate float64 `json:"rate"`

	// Gap is how long after side 0 side 1 is sent. The zero value sends both at once. Both
	// are concurrent as long as it is shorter than the way between their regions.
	Gap time.Duration `json:"gap_ns"`

	// Seen has side 1 wait for the answer to side 0, and for its region to show that write:
	// it is no conflict then, but an overwrite.
	Seen bool `json:"seen"`

	// Regions are asked directly, and every key is read from all of them.
	Regions []gen.Endpoint `json:"regions"`

	// Writers names those that are written to, two for each pair. Defaults to all.
	Writers []string `json:"writers,omitempty"`

	// Wait is how long Judge gives the regions to agree. The zero value gives them one look.
	Wait time.Duration `json:"-"`

	// Progress is where a progress bar goes. Defaults to nowhere.
	Progress io.Writer `json:"-"`
}

const (
	timeout  = 10 * time.Second
	inFlight = 4096 // pairs
	readers  = 16
)

// Conflict is one run of pairs.
type Conflict struct {
	cfg     Config
	clients []*client.Client // one per region
	writers []int            // numbers of regions

	before Books // what was booked when Fire began
	unread error // why that is not known
}

// New validates the configuration; it sends nothing.
func New(cfg Config) (*Conflict, error) {
	cfg.Rate = cmp.Or(cfg.Rate, 500)
	if cfg.Progress == nil {
		cfg.Progress = io.Discard
	}
	switch {
	case cfg.Class == workload.Handle:
		return nil, errors.New("class: a handle has one owner, who refuses the second of two claims: there is no conflict to make")
	case cfg.Pairs < 1:
		return nil, fmt.Errorf("pairs: %d: want at least 1", cfg.Pairs)
	case cfg.Rate <= 0:
		return nil, fmt.Errorf("rate: %v pairs/s: want more than 0", cfg.Rate)
	case cfg.Gap < 0 || cfg.Gap > 0 && cfg.Seen:
		return nil, fmt.Errorf("gap: %v: want 0 or more, and none when the second write is to see the first", cfg.Gap)
	}
	c := &Conflict{cfg: cfg}
	if err := c.choose(); err != nil {
		return nil, err
	}
	for _, r := range cfg.Regions {
		client, err := client.New(r.URL, timeout)
		if err != nil {
			return nil, err
		}
		c.clients = append(c.clients, client)
	}
	return c, nil
}

// choose finds the regions that are written to.
func (c *Conflict) choose() error {
	for i, r := range c.cfg.Regions {
		if len(c.cfg.Writers) == 0 || slices.Contains(c.cfg.Writers, r.Name) {
			c.writers = append(c.writers, i)
		}
	}
	if named := len(c.cfg.Writers); named > 0 && named != len(c.writers) {
		return fmt.Errorf("writers: %v: not each is one of the regions", c.cfg.Writers)
	}
	if len(c.writers) < 2 {
		return fmt.Errorf("a pair needs 2 regions to write to, and there are %d", len(c.writers))
	}
	return nil
}

// Close ends the connections.
func (c *Conflict) Close() {
	for _, client := range c.clients {
		client.Close()
	}
}
