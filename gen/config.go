package gen

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"pangea/gen/workload"
)

// Config describes one run.
type Config struct {
	Workload workload.Config `json:"workload"`

	// Rate is how many operations are due per second. It has no default.
	Rate float64 `json:"rate"`

	// Duration is how long operations fall due. It has no default.
	Duration time.Duration `json:"duration_ns"`

	// Places is where the clients live: operation i is of one near place i mod n.
	Places []Endpoint `json:"places"`

	// Sessions is how many clients live near each place. They take turns, and one does not
	// wait for its last answer. Defaults to 10.
	Sessions int `json:"sessions"`

	// Hop is the probability that an operation is sent from another place than where its
	// client lives. Which ones follows from the seed.
	Hop float64 `json:"hop,omitempty"`

	// Vector has each client send along what it was shown before, so that no region shows it
	// less.
	Vector bool `json:"vector,omitempty"`

	// Regions is who is asked for the lag while the run lasts. Defaults to nobody.
	Regions []Endpoint `json:"regions"`

	// Ack is who must have stored a write before it is answered: local, peer or all.
	// Defaults to what the regions do by themselves, which is local, and peer for
	// handles.
	Ack string `json:"ack,omitempty"`

	// InFlight bounds the operations sent and not answered. Defaults to 10,000.
	InFlight int `json:"in_flight"`

	// Timeout is when an operation is given up, counted from when it is sent.
	// Defaults to 5 s.
	Timeout time.Duration `json:"timeout_ns"`

	// Progress is where a progress bar goes. Defaults to nowhere.
	Progress io.Writer `json:"-"`
}

func (c Config) withDefaults() Config {
	c.Sessions = cmp.Or(c.Sessions, 10)
	c.InFlight = cmp.Or(c.InFlight, 10_000)
	c.Timeout = cmp.Or(c.Timeout, 5*time.Second)
	if c.Progress == nil {
		c.Progress = io.Discard
	}
	return c
}

func (c Config) validate() error {
	switch {
	case !(c.Rate > 0) || c.Rate > 1e6:
		return fmt.Errorf("rate: %v operations per second: want more than 0, at most a million", c.Rate)
	case c.Duration <= 0:
		return fmt.Errorf("duration: %v: want more than 0", c.Duration)
	case c.operations() == 0:
		return fmt.Errorf("duration: no operation is due within %v at %v per second", c.Duration, c.Rate)
	case !slices.Contains([]string{"", "local", "peer", "all"}, c.Ack):
		return fmt.Errorf("ack: %q: want local, peer or all", c.Ack)
	case len(c.Places) == 0:
		return errors.New("no router to send to: name one with -target, or a topology that has some")
	case c.Sessions < 0:
		return fmt.Errorf("sessions: %d: want at least 1", c.Sessions)
	case !(c.Hop >= 0 && c.Hop <= 1):
		return fmt.Errorf("hop: %v: want a probability of 0 to 1", c.Hop)
	case c.Hop > 0 && len(c.Places) < 2:
		return errors.New("hop: a client needs a second place to go to")
	case c.InFlight < 0:
		return fmt.Errorf("in flight: %d: want at least 1", c.InFlight)
	case c.Timeout < 0:
		return fmt.Errorf("timeout: %v: want more than 0", c.Timeout)
	}
	return nil
}

// operations is how many fall due within the duration.
func (c Config) operations() uint64 { return uint64(c.Rate * c.Duration.Seconds()) }
