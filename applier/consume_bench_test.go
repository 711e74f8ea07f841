package applier_test

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"pangea/applier"
	"pangea/crdt"
	"pangea/region"
	"pangea/region/bench"
	"pangea/region/position"
	"pangea/region/stream"
)

// BenchmarkConsume_Backlog is the way of one entry from a full stream to the writer: no
// link in between, and a writer that costs nothing.
func BenchmarkConsume_Backlog(b *testing.B) {
	for _, n := range bench.Sizes {
		b.Run(fmt.Sprintf("events=%d", n), func(b *testing.B) {
			server := fill(b, b.N, n)
			sink := &counting{until: uint64(b.N), done: make(chan struct{})}
			a := newReader(b, server.Address(), sink)
			ctx, cancel := context.WithCancel(context.Background())
			var running sync.WaitGroup
			b.ReportAllocs()
			m := bench.NewMeter(b, 0)
			running.Go(func() {
				if err := a.Run(ctx); err != nil {
					b.Errorf("Run: %v", err)
				}
			})
			<-sink.done
			b.StopTimer()
			m.Report(n, "event")
			cancel()
			running.Wait()
		})
	}
}

// fill serves a stream of some entries of n events each.
func fill(b *testing.B, entries, n int) *stream.Server {
	server, err := stream.Serve(stream.Config{
		Region: "us", Listen: "127.0.0.1:0", StoreDir: b.TempDir(), StreamBytes: 8 << 30, Logger: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = server.Close() })
	log, err := server.Log(us)
	if err == nil {
		err = log.Recreate(b.Context(), 1)
	}
	if err == nil {
		err = log.Offer(b.Context())
	}
	if err != nil {
		b.Fatal(err)
	}
	publish(b, log, entries, n)
	return server
}

func publish(b *testing.B, log *stream.Log, entries, n int) {
	const atOnce = 100
	written := bench.NewLog(us, bench.NewWrites(1).All())
	for left := entries; left > 0; left -= atOnce {
		var records []region.Record
		for range min(left, atOnce) {
			e := written.Next(b, n)
			records = append(records, region.Record{Seq: e.Seq, Payload: e.Payload})
		}
		if err := log.Publish(b.Context(), records); err != nil {
			b.Fatal(err)
		}
	}
}

func newReader(b *testing.B, address string, sink applier.Sink) *applier.Applier {
	quiet := slog.New(slog.DiscardHandler)
	peer, err := stream.Dial(stream.PeerConfig{Self: "eu", Name: "us", Address: address, Logger: quiet})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(peer.Close)
	tracker := position.New("eu", "eu", time.Now)
	a, err := applier.New(applier.Config{
		Peer: "us", Logger: quiet, Head: tracker.Head, Address: func(string) string { return "127.0.0.1:1" },
	}, peer, sink, prometheus.NewRegistry())
	if err != nil {
		b.Fatal(err)
	}
	return a
}

// counting is a writer that only notes how far it was brought.
type counting struct {
	mu    sync.Mutex
	end   region.Progress
	until uint64
	done  chan struct{}
}

func (c *counting) Stored(crdt.Origin) (uint64, region.Checksum) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.end.Stored, c.end.Checksum
}

func (c *counting) Deliver(_ context.Context, entries []*region.Entry) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	last := entries[len(entries)-1]
	c.end = region.Progress{Stored: last.Seq, Checksum: last.Checksum}
	if last.Seq == c.until {
		close(c.done)
	}
	return nil
}
