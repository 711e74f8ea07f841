package applier

import (
	"cmp"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"pangea/region"
	"pangea/region/stream"
)

// Bounds of what is delivered at once; one entry may exceed them.
const (
	batchEvents = 1000
	batchBytes  = 4 << 20
)

// Config describes an Applier.
type Config struct {
	// Peer is the region whose log is read.
	Peer string
	// Address is where a region's HTTP interface is reached from here.
	Address func(region string) string
	// Head is the end of a region's current log by its last report; of no log if it was
	// never heard of.
	Head func(region string) region.Position
	// BatchEvents and BatchBytes bound what is delivered at once; one entry may
	// exceed them. Default to 1,000 and 4 MiB.
	BatchEvents, BatchBytes int
	// QuietAfter is how long nothing has to come before the stream is asked whether
	// that is right. Defaults to stream.Quiet, the least.
	QuietAfter time.Duration
	// RetryMin and RetryMax bound the pause between sessions; it doubles. While the
	// peer's /log stands in for its stream it is 500 ms at most. Default to 100 ms and
	// 5 s.
	RetryMin, RetryMax time.Duration
	// RetryStopped is the pause after an entry that stops the log. Defaults to 30 s.
	RetryStopped time.Duration
	// Logger defaults to slog.Default().
	Logger *slog.Logger
}

func (c Config) withDefaults() Config {
	c.BatchEvents = cmp.Or(c.BatchEvents, batchEvents)
	c.BatchBytes = cmp.Or(c.BatchBytes, batchBytes)
	c.QuietAfter = cmp.Or(c.QuietAfter, stream.Quiet)
	c.RetryMin = cmp.Or(c.RetryMin, 100*time.Millisecond)
	c.RetryMax = cmp.Or(c.RetryMax, 5*time.Second)
	c.RetryStopped = cmp.Or(c.RetryStopped, 30*time.Second)
	c.Logger = cmp.Or(c.Logger, slog.Default())
	return c
}

func (c Config) validate() error {
	if c.Peer == "" || c.Address == nil || c.Head == nil {
		return errors.New("applier: Peer, Address and Head must be set")
	}
	if c.QuietAfter < stream.Quiet {
		return fmt.Errorf("applier: QuietAfter is %v, want at least %v, or missing heartbeats go unnoticed", c.QuietAfter, stream.Quiet)
	}
	return nil
}

// RelayConfig describes a Relay.
type RelayConfig struct {
	// Address is where a region's HTTP interface is reached from here.
	Address func(region string) string
	// Peers are the regions that are counted from the start. Defaults to none.
	Peers []string
	// After is the silence of an origin after which its log is read from others. Zero
	// switches that off.
	After time.Duration
	// Every is how often is looked for logs to read, and how long one rests of which
	// there is no more for now. Defaults to 500 ms.
	Every time.Duration
	// RetryStopped is the pause after an entry that stops a log. Defaults to 30 s.
	RetryStopped time.Duration
	// Logger defaults to slog.Default().
	Logger *slog.Logger
}

func (c RelayConfig) withDefaults() RelayConfig {
	c.Every = cmp.Or(c.Every, 500*time.Millisecond)
	c.RetryStopped = cmp.Or(c.RetryStopped, 30*time.Second)
	c.Logger = cmp.Or(c.Logger, slog.Default())
	return c
}
