package writer_test

import (
	"fmt"
	"sync/atomic"
	"testing"

	"pangea/region"
)

// BenchmarkWriter_Do is one region's whole write path below HTTP, with 128 clients:
// group, merge, commit with fsync.
func BenchmarkWriter_Do(b *testing.B) {
	r := newRig(b, nil)
	var n atomic.Uint64
	b.SetParallelism(64)
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			i := n.Add(1)
			w := incr(fmt.Sprint("c", i%10_000))
			if i%2 == 0 {
				w = region.Write{Op: region.PutProfile, Key: fmt.Sprint("p", i%10_000), Value: `{"name":"someone","age":42}`}
			}
			if _, err := r.writer.Do(b.Context(), w); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "writes/s")
}
