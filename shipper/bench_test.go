package shipper_test

import (
	"context"
	"fmt"
	"testing"

	"pangea/region"
	"pangea/region/bench"
	"pangea/shipper"
)

// BenchmarkShip is the way of one entry from its commit to JetStream's acknowledgement,
// one entry at a time, as group commits come.
func BenchmarkShip(b *testing.B) {
	for _, n := range bench.Sizes {
		b.Run(fmt.Sprintf("events=%d", n), func(b *testing.B) {
			l := openLog(b, serve(b, b.TempDir()), us)
			shipped := &telling{Stream: l, batches: make(chan int)}
			s := start(b, newOutbox(us), shipped, us)
			eventually(b, "it follows", func() bool {
				tail, err := l.Tail(context.Background())
				return err == nil && tail.Damage == "" && !tail.Refill && tail.Next == 1
			})
			payload := bench.NewLog(us, bench.NewWrites(1).All()).Next(b, n).Payload
			b.ReportAllocs()
			b.SetBytes(int64(len(payload)))
			m := bench.NewMeter(b, 0)
			for seq := uint64(1); b.Loop(); seq++ {
				s.commits <- region.Record{Seq: seq, Payload: payload}
				if got := <-shipped.batches; got != 1 {
					b.Fatalf("%d entries at once", got)
				}
			}
			m.Report(1, "message")
			s.stop()
		})
	}
}

// telling is a stream that says how many entries it has taken.
type telling struct {
	shipper.Stream
	batches chan int
}

func (t *telling) Publish(ctx context.Context, records []region.Record) error {
	err := t.Stream.Publish(ctx, records)
	t.batches <- len(records)
	return err
}
