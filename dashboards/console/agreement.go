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
	At      time.Time       `json:"at"`      // when the digests were asked for
	Digests []region.Digest `json:"digests"` // of the regions that answered: only they are compared
}

// The verdicts of a comparison.
const (
	Unknown = "unknown" // fewer than two regions answered
	Equal   = "equal"   // all answered: equal vectors and equal digests
	Partly  = "partly"  // the same of those that answered, and not all did
	Behind  = "behind"  // vectors differ, so digests may
	Broken  = "broken"  // equal vectors, and digests differ: I7 does not hold
)

// judge compares the digests of one moment, in a world of so many regions.
func judge(at time.Time, regions int, digests []region.Digest) Agreement {
	a := Agreement{Verdict: Unknown, At: at, Digests: digests}
	switch {
	case len(digests) < 2:
	case len(digests) < regions:
		a.Verdict = Partly
	default:
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
	took      time.Duration // of the slowest that answered
}

const (
	digestTimeout = time.Minute     // of the scan of one region
	maxWait       = 5 * time.Minute // between two comparisons
)

// poll returns the last result, and begins the next comparison when it is due, of those
// sources that are answering.
func (c *comparer) poll(ctx context.Context, answering []bool) Agreement {
	select {
	case last := <-c.done:
		c.latest, c.done = last.agreement, nil
		c.due = last.agreement.At.Add(max(c.every, min(10*last.took, maxWait))) // it costs the regions a scan
	default:
	}
	if c.done == nil && !time.Now().Before(c.due) {
		c.done = make(chan compared, 1)
		c.running.Go(func() { c.done <- c.compare(ctx, answering) })
	}
	return c.latest
}

// compare waits for each of them, but a silent one must not make the next comparison late.
func (c *comparer) compare(ctx context.Context, answering []bool) compared {
	ctx, cancel := context.WithTimeout(ctx, digestTimeout)
	defer cancel()
	type answer struct {
		digest *region.Digest
		took   time.Duration
	}
	at, answers := time.Now(), make([]answer, len(c.sources))
	var asking sync.WaitGroup
	for i, s := range c.sources {
		if answering[i] {
			asking.Go(func() { answers[i] = answer{s.digest(ctx), time.Since(at)} })
		}
	}
	asking.Wait()
	var digests []region.Digest
	var took time.Duration
	for _, a := range answers {
		if a.digest != nil {
			digests, took = append(digests, *a.digest), max(took, a.took)
		}
	}
	return compared{judge(at, len(c.sources), digests), took}
}
