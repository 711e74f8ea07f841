package split

import (
	"context"
	"sync"
	"time"

	"pangea/region/topology"
)

// look is how often the two sides are compared.
const look = 200 * time.Millisecond

// Moment is how far the two sides are from each other at one time.
type Moment struct {
	At     float64           `json:"at"`             // seconds after the cut began
	Behind map[string]uint64 `json:"behind_entries"` // of a log, by "us of eu"
}

// course is the moments of a cut while it is watched.
type course struct {
	stop    context.CancelFunc
	done    sync.WaitGroup
	moments []Moment
}

// watch compares the sides from now on until the end, and once more then. A look that fails
// is left out.
func watch(t *topology.Topology) *course {
	c := &course{}
	ctx, stop := context.WithCancel(context.Background())
	c.stop = stop
	begun := time.Now()
	c.done.Go(func() {
		tick := time.NewTicker(look)
		defer tick.Stop()
		for ctx.Err() == nil {
			select {
			case <-ctx.Done():
			case <-tick.C:
			}
			at := time.Since(begun)
			if entries, _, err := behind(t, at); err == nil {
				c.moments = append(c.moments, Moment{At: at.Seconds(), Behind: entries})
			}
		}
	})
	return c
}

// end returns what was seen. It may be called again.
func (c *course) end() []Moment {
	c.stop()
	c.done.Wait()
	return c.moments
}
