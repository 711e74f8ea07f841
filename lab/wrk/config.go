package wrk

import (
	"cmp"
	"errors"
	"fmt"
	"net"
	"strconv"
	"time"
)

// Write is what a request does to its row.
type Write string

const (
	Put  Write = "put"  // profile: the value is replaced
	Incr Write = "incr" // counter: it grows by one
)

// Target is a server to load.
type Target struct {
	Name    string
	Address string // host:port
}

// Config describes a load.
type Config struct {
	// Targets are loaded at the same time. It has no default.
	Targets []Target

	// Connections are open to each target; each has one request under way. Defaults
	// to 32.
	Connections int

	// Duration is how long requests are sent, in whole seconds. Defaults to 30 s.
	Duration time.Duration

	// Rate is the pace in requests per second and target; one that was missed is
	// caught up with. Defaults to none: as fast as answers come.
	Rate float64

	// Write is what is done to each row. Defaults to Put.
	Write Write

	// Rows is how many rows a request writes. Defaults to 1, and is sent to /batch
	// above that.
	Rows int

	// ValueBytes is the size of a profile's value. Defaults to a number of at most
	// nine digits.
	ValueBytes int

	// Keys is how many keys there are, the same for all targets, from "1" on. Defaults
	// to 10 million.
	Keys int

	// Zipf is the exponent of the keys' popularity, above 1. Defaults to 1.1.
	Zipf float64

	// Seed decides keys and values. Defaults to 1.
	Seed int

	// Timeout is what a request may take before it counts as failed. Defaults to 10 s.
	Timeout time.Duration
}

func (c Config) withDefaults() Config {
	c.Connections = cmp.Or(c.Connections, 32)
	c.Duration = cmp.Or(c.Duration, 30*time.Second)
	c.Write = cmp.Or(c.Write, Put)
	c.Rows = cmp.Or(c.Rows, 1)
	c.Keys = cmp.Or(c.Keys, 10_000_000)
	c.Zipf = cmp.Or(c.Zipf, 1.1)
	c.Seed = cmp.Or(c.Seed, 1)
	c.Timeout = cmp.Or(c.Timeout, 10*time.Second)
	return c
}

func (c Config) validate() error {
	switch {
	case len(c.Targets) == 0:
		return errors.New("wrk: name at least one target")
	case c.Connections < 1:
		return fmt.Errorf("connections: %d: want at least 1", c.Connections)
	case c.Duration < time.Second || c.Duration%time.Second != 0:
		return fmt.Errorf("duration: %v: wrk takes whole seconds", c.Duration)
	case c.Timeout < time.Second || c.Timeout%time.Second != 0:
		return fmt.Errorf("timeout: %v: wrk takes whole seconds", c.Timeout)
	case c.Write != Put && c.Write != Incr:
		return fmt.Errorf("write: %q is neither %q nor %q", c.Write, Put, Incr)
	case c.Rows < 1 || c.Keys < 1 || c.ValueBytes < 0 || c.Rate < 0:
		return errors.New("wrk: rows and keys are at least 1, value bytes and rate not below 0")
	case !(c.Zipf > 1):
		return fmt.Errorf("zipf: %v: the exponent must be above 1", c.Zipf)
	}
	for _, t := range c.Targets {
		if _, _, err := net.SplitHostPort(t.Address); err != nil {
			return fmt.Errorf("address of %s: %w", t.Name, err)
		}
	}
	return nil
}

// arguments are wrk's own, then those of the script, for the i-th target. Each target
// has a seed of its own.
func (c Config) arguments(i int, script string) []string {
	seconds := func(d time.Duration) string { return strconv.Itoa(int(d.Seconds())) + "s" }
	return []string{
		"--threads", "1", "--connections", strconv.Itoa(c.Connections),
		"--duration", seconds(c.Duration), "--timeout", seconds(c.Timeout),
		"--script", script, "http://" + c.Targets[i].Address, "--",
		string(c.Write), strconv.Itoa(c.Rows), strconv.Itoa(c.ValueBytes),
		strconv.Itoa(c.Keys), strconv.FormatFloat(c.Zipf, 'g', -1, 64),
		strconv.Itoa(c.Seed*len(c.Targets) + i), strconv.FormatFloat(c.Rate, 'f', -1, 64),
	}
}
