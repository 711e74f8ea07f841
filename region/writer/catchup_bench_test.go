package writer_test

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"pangea/crdt"
	"pangea/region"
)

// backlogEvents is what one iteration applies of each of two logs, in entries of 50.
const backlogEvents = 150_000

// BenchmarkWriter_CatchUp delivers the logs of two regions as fast as they are taken.
func BenchmarkWriter_CatchUp(b *testing.B) {
	r := newStraightRig(b, nil)
	catchUp(b, r)
}

// BenchmarkWriter_CatchUpUnderLoad is the same with 1,000 local writes a second, which
// wait for at most one run more than without.
func BenchmarkWriter_CatchUpUnderLoad(b *testing.B) {
	r := newStraightRig(b, nil)
	quiet := startClients(r)
	<-time.After(3 * time.Second)
	before := quiet.p99()
	busy := startClients(r)
	catchUp(b, r)
	b.ReportMetric(float64(before.Microseconds())/1000, "ms-p99-before")
	b.ReportMetric(float64(busy.p99().Microseconds())/1000, "ms-p99-local")
}

func catchUp(b *testing.B, r *rig) {
	eu, ap := newRemote("eu"), newRemote("ap")
	for b.Loop() {
		b.StopTimer()
		from := len(eu.log)
		eu.backlog(backlogEvents, 50)
		ap.backlog(backlogEvents, 50)
		b.StartTimer()
		var g errgroup.Group
		for _, o := range []*remote{eu, ap} {
			g.Go(func() error { return o.deliver(b.Context(), r, from) })
		}
		if err := g.Wait(); err != nil {
			b.Fatal(err)
		}
		heads := crdt.Vector{eu.origin: uint64(len(eu.log)), ap.origin: uint64(len(ap.log))}
		if err := r.tracker.WaitApplied(b.Context(), heads); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(2*backlogEvents*b.N)/b.Elapsed().Seconds(), "events/s")
}

// backlog appends events to the log, counters and profiles by turns, of 20,000 keys.
func (r *remote) backlog(events, perEntry int) {
	ordinal := uint64(1)
	if n := len(r.log); n > 0 {
		ordinal = r.log[n-1].LastOrdinal() + 1
	}
	for range events / perEntry {
		seq := uint64(len(r.log)) + 1
		e := &region.Entry{Origin: r.origin, Seq: seq, Deps: crdt.Vector{r.origin: seq - 1}, FirstOrdinal: ordinal, CommittedAt: time.Now()}
		for range perEntry {
			e.Events = append(e.Events, r.event(ordinal))
			ordinal++
		}
		e.Encode(nil, r.sum)
		r.sum, r.log = e.Checksum, append(r.log, e)
	}
}

func (r *remote) event(ordinal uint64) region.Event {
	key := fmt.Sprint(r.origin.Region, ordinal*7919%20_000)
	if ordinal%2 == 0 {
		return region.Event{Kind: region.CounterSet, Key: key, PN: crdt.PN{P: int64(ordinal)}}
	}
	return region.Event{Kind: region.ProfilePut, Key: key, Value: `{"name":"someone","age":42}`, Stamp: crdt.Stamp(ordinal)}
}

// deliver hands over the log as the applier does: 1,000 events at once.
func (r *remote) deliver(ctx context.Context, to *rig, from int) error {
	for entries := range slices.Chunk(r.log[from:], 20) {
		if err := to.writer.Deliver(ctx, entries); err != nil {
			return err
		}
	}
	return nil
}

// clients write at a steady rate, and note how long each write took.
type clients struct {
	stop    context.CancelFunc
	running sync.WaitGroup
	mu      sync.Mutex
	took    []time.Duration
}

// startClients has 20 clients write every 20 ms each.
func startClients(r *rig) *clients {
	ctx, stop := context.WithCancel(context.Background())
	c := &clients{stop: stop}
	for i := range 20 {
		c.running.Go(func() { c.write(ctx, r, fmt.Sprint("local", i)) })
	}
	return c
}

func (c *clients) write(ctx context.Context, r *rig, key string) {
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for ctx.Err() == nil {
		start := time.Now()
		if _, err := r.writer.Do(ctx, incr(key)); err == nil {
			c.mu.Lock()
			c.took = append(c.took, time.Since(start))
			c.mu.Unlock()
		}
		select {
		case <-ctx.Done():
		case <-tick.C:
		}
	}
}

// p99 ends the clients.
func (c *clients) p99() time.Duration {
	c.stop()
	c.running.Wait()
	slices.Sort(c.took)
	return c.took[len(c.took)*99/100]
}
