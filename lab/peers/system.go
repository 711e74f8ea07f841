package peers

import (
	"context"
	"time"
)

// System is one of those that are compared.
type System struct {
	Name string

	// Start brings it up with nothing stored.
	Start func(context.Context) (Running, error)

	// Clients are the counts to look for the best among, in each region: for single
	// writes, and for batches.
	Clients, BatchClients []int
}

// Running is a system that serves.
type Running interface {
	// Load sends writes to every region until the duration is over.
	Load(context.Context, Load) (Answers, error)
	// Put upserts one row; Get reads it, and is empty where there is none.
	Put(ctx context.Context, region, key, value string) error
	Get(ctx context.Context, region, key string) (string, error)
	// Differing is how many keys are not the same in all regions, at rest.
	Differing(context.Context) (int, error)
	// Stop ends it and deletes what it stored.
	Stop(context.Context) error
}

// Load is the part of a load that is not the same in all measurements.
type Load struct {
	Clients  int // in each region
	Rows     int // of a request
	Duration time.Duration
	Pace     float64 // rows per second in all regions together; 0 for as many as are answered
}

// requests is the pace of one region of so many.
func (l Load) requests(regions int) float64 { return l.Pace / float64(l.Rows*regions) }

// step is the part of the pace that a system did not keep up with which it is given next.
const step = 0.9

// slower is the load to try after a measurement that was not flat.
func (l Load) slower(m Measurement) Load {
	l.Pace = m.Rate * step
	return l
}

// The keys of every load: how many there are, and how unequal.
const (
	keys = 10_000_000
	zipf = 1.1
)

// Answers is what the clients of all regions got.
type Answers struct {
	Writes  uint64 // rows that were acknowledged
	Failed  uint64 // requests or rows that were not
	Elapsed time.Duration
	P99     time.Duration
}

func (s System) clients(rows int) []int {
	if rows > 1 {
		return s.BatchClients
	}
	return s.Clients
}
