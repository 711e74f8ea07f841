package writer

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"pangea/crdt"
	"pangea/region"
	"pangea/region/state"
)

// Config is fixed for the life of a Writer.
type Config struct {
	// Region is the region's name.
	Region string

	// LocalPace is the least time from the start of one group commit to the next. A
	// transaction costs about the same for 2 writes as for 20, so under load a pause
	// makes each worth more. An idle region commits at once.
	//
	// Defaults to 5ms.
	LocalPace time.Duration

	// MergePace is the same for runs of remote entries that are not full.
	//
	// Defaults to 8ms.
	MergePace time.Duration

	// MaxRun bounds a run of remote entries, in events; a single entry may exceed it.
	// It is how long a local write may wait in a catch-up: 2,000 events take some
	// 30 ms. Larger runs write a hot key less often.
	//
	// Defaults to 2000.
	MaxRun int

	// MaxQueue bounds the requests that wait for a group; more are refused with
	// region.ErrUnavailable.
	//
	// Defaults to 4096.
	MaxQueue int

	// MaxBlocked bounds the memory, in bytes of payload and by origin, for entries
	// that are stored and wait for what they depend on. More stay in the inbox.
	//
	// Defaults to 8 MiB.
	MaxBlocked int

	// LockPatience is how long a new session waits for the region's lock.
	//
	// Defaults to 15s.
	LockPatience time.Duration

	// Now is the physical clock, skew included.
	//
	// Defaults to time.Now.
	Now func() time.Time

	// Clock is where stamps come from.
	//
	// Defaults to state.HLC.
	Clock state.ClockMode

	// MaxAhead is how far a remote stamp may be ahead of the physical clock and
	// still move this region's.
	//
	// Defaults to 1 minute.
	MaxAhead time.Duration

	// Evidence says what is kept of the region's logs outside the database: the epoch of
	// the last, zero if there is none, and why a log that ends in head cannot be the newest
	// copy of origin; "" if it may be. It is asked once for each database that is opened.
	//
	// Defaults to none.
	Evidence func(ctx context.Context, origin crdt.Origin, head region.Head) (epoch uint32, why string)

	// IgnoreDeps gives I6 up: of what a remote entry's writer had seen, only the adds that
	// the entry takes away are waited for.
	IgnoreDeps bool

	// Logger and Registerer may be nil.
	Logger     *slog.Logger
	Registerer prometheus.Registerer
}

func (c Config) withDefaults() Config {
	c.LocalPace = cmp.Or(c.LocalPace, 5*time.Millisecond)
	c.MergePace = cmp.Or(c.MergePace, 8*time.Millisecond)
	c.MaxRun = cmp.Or(c.MaxRun, 2000)
	c.MaxQueue = cmp.Or(c.MaxQueue, 4096)
	c.MaxBlocked = cmp.Or(c.MaxBlocked, 8<<20)
	c.LockPatience = cmp.Or(c.LockPatience, 15*time.Second)
	c.Clock = cmp.Or(c.Clock, state.HLC)
	c.MaxAhead = cmp.Or(c.MaxAhead, time.Minute)
	c.Logger = cmp.Or(c.Logger, slog.New(slog.DiscardHandler))
	if c.Now == nil {
		c.Now = time.Now
	}
	return c
}

func (c Config) validate() error {
	if c.Region == "" {
		return errors.New("writer: Region is empty")
	}
	if c.Clock != state.HLC && c.Clock != state.WallClock {
		return errors.New("writer: Clock must be hlc or wall")
	}
	return nil
}

// maxGroup bounds the encoded events of a group, in bytes, so that the entry stays
// within region.MaxEntry with its header.
const maxGroup = region.MaxEntry - 8<<10
