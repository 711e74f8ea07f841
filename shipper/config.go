package shipper

import (
	"cmp"
	"errors"
	"log/slog"
	"time"

	"pangea/crdt"
	"pangea/region"
)

// Config describes a Shipper.
type Config struct {
	// Origin is the log to ship.
	Origin crdt.Origin
	// BatchBytes is how much is published before its acknowledgement is awaited.
	// Defaults to 8 MiB.
	BatchBytes int
	// CheckEvery is how often an idle shipper looks whether the stream is still
	// what it was. Defaults to 5 s.
	CheckEvery time.Duration
	// RetryMin and RetryMax bound the pause after an error; it doubles. Default to
	// 100 ms and 5 s.
	RetryMin, RetryMax time.Duration
	// Logger defaults to slog.Default().
	Logger *slog.Logger
}

func (c Config) withDefaults() Config {
	c.BatchBytes = cmp.Or(c.BatchBytes, 8<<20)
	c.CheckEvery = cmp.Or(c.CheckEvery, 5*time.Second)
	c.RetryMin = cmp.Or(c.RetryMin, 100*time.Millisecond)
	c.RetryMax = cmp.Or(c.RetryMax, 5*time.Second)
	c.Logger = cmp.Or(c.Logger, slog.Default())
	return c
}

func (c Config) validate(commits <-chan region.Record) error {
	if c.Origin.Region == "" || c.Origin.Epoch == 0 {
		return errors.New("shipper: Origin must be set")
	}
	if cap(commits) == 0 {
		return errors.New("shipper: the channel of commits must have a buffer, or each one is missed")
	}
	return nil
}
