package loss

import (
	"math/rand/v2"
	"time"
)

// Schedule is what the seed decides about a round.
type Schedule struct {
	Number int           `json:"round"` // from 1
	Region string        `json:"region"`
	At     time.Duration `json:"at_ns"`   // after the load began
	Away   time.Duration `json:"away_ns"` // until it is brought back
}

// The bounds of a Schedule.
const (
	earliest, latest = 2 * time.Second, 7 * time.Second // of the loss
	soonest, slowest = 2 * time.Second, 8 * time.Second // of the return
	longest          = latest + slowest
)

// schedule draws round i, from 0, whatever became of those before it.
func (e *Experiment) schedule(i int) Schedule {
	r := rand.New(rand.NewPCG(e.cfg.Seed, uint64(i)))
	names := e.topo.Names()
	s := Schedule{
		Number: i + 1, Region: names[r.IntN(len(names))],
		At: between(r, earliest, latest), Away: between(r, soonest, slowest),
	}
	if e.cfg.Region != "" {
		s.Region = e.cfg.Region
	}
	return s
}

func between(r *rand.Rand, low, high time.Duration) time.Duration {
	return low + time.Duration(r.Int64N(int64(high-low))).Round(time.Millisecond)
}
