package failback

import (
	"context"
	"time"

	"pangea/crdt"
	"pangea/lab/meter"
	"pangea/lab/trend"
)

// Backlog is what a region lacked when it was started, and how it got that.
type Backlog struct {
	Entries uint64        `json:"entries"`
	Ready   time.Duration `json:"ready_ns"`   // from the start until it served
	Drained time.Duration `json:"drained_ns"` // from the start until it had all of that
	Missing []trend.Point `json:"missing"`    // entries, by seconds after the start
}

// soon is how long a region may take to have what it lacked.
const soon = 10 * time.Second

// InTime reports whether there was something to catch up with, and it was, soon.
func (b Backlog) InTime() bool { return b.Entries > 0 && b.Drained > 0 && b.Drained <= soon }

// left is how many entries were missing in the end.
func (b Backlog) left() uint64 {
	if len(b.Missing) == 0 {
		return b.Entries
	}
	return uint64(b.Missing[len(b.Missing)-1].Value)
}

// watchEvery is how exact Drained is.
const watchEvery = 20 * time.Millisecond

// watch begins to look, until the region that had one vector has another, ctx ends or
// drainWithin is over, and sends what it saw then.
func (m *measurement) watch(ctx context.Context, begun time.Time, had, target crdt.Vector) <-chan Backlog {
	seen := make(chan Backlog, 1)
	go func() {
		ctx, cancel := context.WithTimeout(ctx, drainWithin)
		defer cancel()
		b := Backlog{Entries: lacks(had, target)}
		tick := time.NewTicker(watchEvery)
		defer tick.Stop()
		for missing := b.Entries; missing > 0 && ctx.Err() == nil; <-tick.C {
			now, err := meter.Applied(m.regions[victim])
			b.Drained = time.Since(begun)
			if err == nil {
				now.Join(had) // before it has opened its database, it says nothing
				missing = lacks(now, target)
			}
			b.Missing = append(b.Missing, trend.Point{At: b.Drained.Seconds(), Value: float64(missing)})
		}
		seen <- b
	}()
	return seen
}

// lacks is how many entries of a vector are missing in another.
func lacks(have, target crdt.Vector) (n uint64) {
	for log, seq := range target {
		n += seq - min(seq, have[log])
	}
	return n
}
