package gen

import (
	"context"
	"time"
)

// Pace calls send for operations 0 to n-1, each when it is due: i/rate after
// start. It calls from one goroutine; a send that blocks makes the next ones late
// but does not move when they were due. It returns at the end of the last
// operation's slot, or once ctx is done.
func Pace(ctx context.Context, start time.Time, rate float64, n uint64, send func(i uint64, due time.Time)) {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for i := range n + 1 {
		due := start.Add(time.Duration(float64(i) / rate * float64(time.Second)))
		if wait := time.Until(due); wait > 0 {
			timer.Reset(wait)
			select {
			case <-timer.C:
			case <-ctx.Done():
			}
		}
		if ctx.Err() != nil || i == n {
			return
		}
		send(i, due)
	}
}
