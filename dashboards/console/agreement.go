package console

import (
	"context"
	"maps"
	"sync"
	"time"

	"pangea/region"
)

// Agreement is whether the regions hold the same (I7).
type Agreement struct {
	Verdict string          `json:"verdict"`
	At      time.Time       `json:"at"` // when the digests were asked for
	Digests []region.Digest `json:"digests"`
}

// The verdicts of a comparison.
const (
	Unknown = "unknown" // fewer than two regions answered
	Equal   = "equal"   // equal vectors and equal digests
	Behind  = "behind"  // vectors differ, so digests may
	Broken  = "broken"  // equal vectors, and digests differ: I7 does not hold
)

// judge compares the digests of one moment.
func judge(at time.Time, digests []region.Digest) Agreement {
	a := Agreement{Verdict: Unknown, At: at, Digests: digests}
	if len(digests) > 1 {
		a.Verdict = Equal
	}
	for i, d := range digests {
		for _, e := range digests[:i] {
			switch {
			case d.Vector != e.Vector && a.Verdict != Broken:
				a.Verdict = Behind
			case d.Vector == e.Vector && !sameState(d, e):
				a.Verdict = Broken
			}
		}
	}
	return a
}

func sameState(a, b region.Digest) bool {
	return maps.EqualFunc(a.Classes, b.Classes, func(c, d region.ClassDigest) bool {
		return c.Rows == d.Rows && c.Digest == d.Digest
	})
}

// comparer asks for digests beside the snapshots: one comparison at a time, whose result
// stands until the next.
type comparer struct {
	every   time.Duration
	sources []*source

	running sync.WaitGroup
	done    chan compared // of the comparison under way; nil if there is none
	due     time.Time
	latest  Agreement
}

type compared struct {
	agreement Agreement
	took      time.Duration
}

// digestTimeout bounds the scan of one region.
const digestTimeout = time.Minute

// poll returns the last result, and begins the next comparison when it is due.
func (c *comparer) poll(ctx context.Context) Agreement {
	select {
	case last := <-c.done:
		c.latest, c.done = last.agreement, nil
		c.due = last.agreement.At.Add(max(c.every, 10*last.took)) // it costs the regions a scan
	default:
	}
	if c.done == nil && !time.Now().Before(c.due) {
		c.done = make(chan compared, 1)
		c.running.Go(func() { c.done <- c.compare(ctx) })
	}
	return c.latest
}

func (c *comparer) compare(ctx context.Context) compared {
	ctx, cancel := context.WithTimeout(ctx, digestTimeout)
	defer cancel()
	at, answers := time.Now(), make([]*region.Digest, len(c.sources))
	var asking sync.WaitGroup
	for i, s := range c.sources {
		asking.Go(func() { answers[i] = s.digest(ctx) })
	}
	asking.Wait()
	var digests []region.Digest
	for _, d := range answers {
		if d != nil {
			digests = append(digests, *d)
		}
	}
	return compared{judge(at, digests), time.Since(at)}
}
