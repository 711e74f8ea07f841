package writer_test

import (
	"fmt"
	"sync/atomic"
	"testing"

	"pangea/region"
	"pangea/region/bench"
)

// BenchmarkWriter_Do is one region's whole write path below HTTP: group, merge, commit
// with fsync. In the time that passes is the pace of groups.
func BenchmarkWriter_Do(b *testing.B) {
	r := newStraightRig(b, nil)
	backend := r.backend(b)
	b.Run("clients=128", func(b *testing.B) {
		var n atomic.Uint64
		b.ReportAllocs()
		b.SetParallelism(64)
		m := bench.NewMeter(b, backend)
		b.RunParallel(func(pb *testing.PB) {
			for pb.Next() {
				if _, err := r.writer.Do(b.Context(), upsert(n.Add(1))); err != nil {
					b.Error(err)
					return
				}
			}
		})
		m.Report(1, "write")
	})
}

// upsert is a counter's or a profile's write by turns, to 10,000 keys.
func upsert(i uint64) region.Write {
	if i%2 == 0 {
		return region.Write{Op: region.PutProfile, Key: fmt.Sprint("p", i%10_000), Value: `{"name":"someone","age":42}`}
	}
	return incr(fmt.Sprint("c", i%10_000))
}
