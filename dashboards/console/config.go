package console

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"time"

	"pangea/region/loopback"
)

// Config sets a Console.
type Config struct {
	// Title says whose console it is. Defaults to "all regions".
	Title string

	// Interval is the time between two snapshots. Defaults to 1 s.
	Interval time.Duration

	// Timeout is how long a region may take to answer. Defaults to 1 s.
	Timeout time.Duration

	// Window is what quantiles and rates are taken over. Defaults to 5 s.
	Window time.Duration

	// DigestInterval is the least time between two comparisons of all rows. Defaults to 3 s.
	DigestInterval time.Duration

	// Links asks what is done to the links; it is called once at a time. Defaults to nobody: only what the regions
	// say of their connections is known then.
	Links func(context.Context) ([]Wire, error)

	// Chaos is the program that the buttons run, in the stack of Root. Defaults to none:
	// there are no buttons.
	Chaos string

	// Root is the directory of the topology.yaml of the stack that Chaos breaks.
	Root string

	// FaultTimeout is how long Chaos may take: it may wait 5 min for another program to be
	// done with the stack, and a region that starts catches up first (I13). Defaults to 10 min.
	FaultTimeout time.Duration

	// Listener is the address that the console is served on. Required if Chaos is set.
	Listener net.Addr

	// Log receives what the console cannot show. Defaults to slog.Default().
	Log *slog.Logger
}

// Wire is what is done to the link that carries the data of From to To.
type Wire struct {
	From, To    string
	RTT, Jitter time.Duration // of a round trip
	State       string        // "healthy", or how it fails
}

// Healthy is the State of a Wire that carries bytes.
const Healthy = "healthy"

func (c Config) withDefaults() Config {
	c.Title = cmp.Or(c.Title, "all regions")
	c.Interval = cmp.Or(c.Interval, time.Second)
	c.Timeout = cmp.Or(c.Timeout, time.Second)
	c.Window = cmp.Or(c.Window, 5*time.Second)
	c.DigestInterval = cmp.Or(c.DigestInterval, 3*time.Second)
	c.FaultTimeout = cmp.Or(c.FaultTimeout, 10*time.Minute)
	c.Log = cmp.Or(c.Log, slog.Default())
	return c
}

func (c Config) validate() error {
	if c.Interval < 0 || c.Timeout < 0 || c.Window < 0 || c.DigestInterval < 0 || c.FaultTimeout < 0 {
		return errors.New("console: a time in the config is negative")
	}
	if c.Window < c.Interval {
		return fmt.Errorf("console: a window of %v has no two snapshots, each %v", c.Window, c.Interval)
	}
	if c.Chaos != "" && !loopback.Address(c.Listener) {
		return fmt.Errorf("console: faults are for a stack on this machine, and %v can be reached from elsewhere: serve on 127.0.0.1, or without them", c.Listener)
	}
	return nil
}
