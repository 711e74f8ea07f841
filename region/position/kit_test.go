package position_test

import (
	"sync/atomic"
	"testing"
	"time"

	"pangea/crdt"
	"pangea/region"
	"pangea/region/position"
)

var (
	us = crdt.Origin{Region: "us", Epoch: 1}
	eu = crdt.Origin{Region: "eu", Epoch: 1}
	ap = crdt.Origin{Region: "ap", Epoch: 1}
)

// track is the tracker of a region that knows peers and whose clock is ahead.
func track(self string, ahead time.Duration, peers ...string) *position.Tracker {
	t := position.New(self, self, func() time.Time { return time.Now().Add(ahead) })
	for _, name := range peers {
		t.Register(name)
	}
	return t
}

// has is what a writer publishes whose own log ends at seq and that has applied, and
// so stored, others. Every entry has 10 events.
func has(own crdt.Origin, seq uint64, others crdt.Vector) *position.Local {
	applied := others.Clone()
	applied[own] = seq
	return &position.Local{
		Origin: own, Head: region.Head{Seq: seq, Ordinal: 10 * seq}, Stored: applied, Applied: applied, Ordinals: tenfold(applied),
	}
}

// report is what a peer that has applied others says, having just got what us says
// just now.
func report(from crdt.Origin, seq uint64, others crdt.Vector) region.Report {
	l, now := has(from, seq, others), time.Now()
	return region.Report{
		Origin: from, Head: l.Head, Stored: l.Stored, Applied: l.Applied, Ordinals: l.Ordinals,
		Ready: true, SentAt: now, Echoes: map[string]region.Echo{"us": {Instance: "us", SentAt: now, ReceivedAt: now}},
	}
}

func tenfold(v crdt.Vector) crdt.Vector {
	out := crdt.Vector{}
	for o, n := range v {
		out[o] = 10 * n
	}
	return out
}

// wire carries a region's reports to another.
type wire struct {
	to    *position.Tracker
	delay time.Duration
	sent  atomic.Int64
}

func (w *wire) PublishReport(r region.Report) error {
	w.sent.Add(1)
	time.AfterFunc(w.delay, func() { w.to.Observe(r) })
	return nil
}

// connect lets a and b report to each other until the test ends: a over there, b over
// back.
func connect(t *testing.T, a, b *position.Tracker, there, back time.Duration) (ab, ba *wire) {
	ab, ba = &wire{to: b, delay: there}, &wire{to: a, delay: back}
	go func() { _ = a.Report(t.Context(), ab) }()
	go func() { _ = b.Report(t.Context(), ba) }()
	return ab, ba
}
