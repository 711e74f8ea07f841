package shipper

import (
	"cmp"
	"log/slog"
	"time"
)

// Config describes a Shipper.
type Config struct {
	// BatchBytes is how much is published before its acknowledgement is awaited.
	// Defaults to 8 MiB.
	BatchBytes int
	// RefillEntries is how far before the head a rebuilt stream may begin; a peer that
	// needs earlier entries reads them from /log. Peers wait for it to be refilled.
	// Defaults to 10,000.
	RefillEntries uint64
	// CheckEvery is how often the shipper looks whether the stream is still what it
	// was. Defaults to 5 s.
	CheckEvery time.Duration
	// RetryMin and RetryMax bound the pause after an error; it doubles. Default to
	// 100 ms and 5 s.
	RetryMin, RetryMax time.Duration
	// Logger defaults to slog.Default().
	Logger *slog.Logger
}

func (c Config) withDefaults() Config {
	c.BatchBytes = cmp.Or(c.BatchBytes, 8<<20)
	c.RefillEntries = cmp.Or(c.RefillEntries, 10_000)
	c.CheckEvery = cmp.Or(c.CheckEvery, 5*time.Second)
	c.RetryMin = cmp.Or(c.RetryMin, 100*time.Millisecond)
	c.RetryMax = cmp.Or(c.RetryMax, 5*time.Second)
	c.Logger = cmp.Or(c.Logger, slog.Default())
	return c
}
