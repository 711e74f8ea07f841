package node

import "time"

// growthSamples is how many measurements a rate is taken over: those of five minutes.
const growthSamples = 30

// growth is how a store's size has changed of late.
type growth struct {
	at    []time.Time
	sizes []int64
}

// add takes a measurement, and returns the rate per second: zero after only one.
func (g *growth) add(at time.Time, size int64) float64 {
	g.at, g.sizes = append(g.at, at), append(g.sizes, size)
	if len(g.at) > growthSamples {
		g.at, g.sizes = g.at[1:], g.sizes[1:]
	}
	span := at.Sub(g.at[0]).Seconds()
	if span <= 0 {
		return 0
	}
	return float64(size-g.sizes[0]) / span
}

// runsOut is how many seconds it takes to grow by room: -1 if it does not grow.
func runsOut(room int64, rate float64) float64 {
	if rate <= 0 {
		return -1
	}
	return float64(max(0, room)) / rate
}

// backlog is what is kept for a peer. What is dropped for another reason than that the
// peer has applied it looks the same here, so only what comes is counted.
type backlog struct {
	gained growth
	sum    int64
	last   int64
}

// add takes a measurement, and returns how much comes per second.
func (b *backlog) add(at time.Time, held int64) float64 {
	b.sum += max(0, held-b.last)
	b.last = held
	return b.gained.add(at, b.sum)
}
