package bench

import (
	"cmp"
	"fmt"
	"io"
	"time"

	"pangea/gen/workload"
)

// Config describes a bench.
type Config struct {
	// Rate is the load, in operations per second of all regions together. Defaults to
	// 6,000.
	Rate float64 `json:"rate"`

	// Reads is the percentage of them that read. It has no default.
	Reads int `json:"reads"`

	// Mix is the shares of the classes. Defaults to workload.DefaultMix.
	Mix string `json:"mix"`

	// Keys is how many keys each class has. Defaults to 10,000,000.
	Keys uint64 `json:"keys"`

	// Duration is how long one run lasts. Defaults to 20 s.
	Duration time.Duration `json:"duration_ns"`

	// Rounds is how often each way is measured. Defaults to 3.
	Rounds int `json:"rounds"`

	// Seed is what the operations follow from.
	Seed uint64 `json:"seed"`

	// Progress is told how it goes. Defaults to nowhere.
	Progress io.Writer `json:"-"`
}

func (c Config) withDefaults() Config {
	c.Rate = cmp.Or(c.Rate, 6000)
	c.Mix = cmp.Or(c.Mix, workload.DefaultMix)
	c.Keys = cmp.Or(c.Keys, 10_000_000)
	c.Duration = cmp.Or(c.Duration, 20*time.Second)
	c.Rounds = cmp.Or(c.Rounds, 3)
	if c.Progress == nil {
		c.Progress = io.Discard
	}
	return c
}

// validate leaves to the generator what only the generator knows.
func (c Config) validate() error {
	switch {
	case c.Rounds < 0:
		return fmt.Errorf("rounds: %d: want at least 1", c.Rounds)
	case c.Duration < 3*time.Second:
		return fmt.Errorf("duration: %v: want at least 3s, of which there are samples", c.Duration)
	case c.Reads < 0 || c.Reads >= 100:
		return fmt.Errorf("reads: %d%%: want 0 to 99, what is measured is writes", c.Reads)
	case c.Rate < 0:
		return fmt.Errorf("rate: %v operations per second: want more than 0", c.Rate)
	}
	_, err := workload.ParseMix(c.Mix)
	return err
}
