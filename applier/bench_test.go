package applier_test

import (
	"testing"
	"time"
)

// BenchmarkConsume is the whole way of one entry of one event of 200 bytes over a
// link of 150 ms, in a stream that is full of them.
func BenchmarkConsume(b *testing.B) {
	w := newWorld(b, 150*time.Millisecond)
	for left := b.N; left > 0; left -= 1000 {
		w.publish(b, min(left, 1000))
	}
	b.ResetTimer()
	w.read(b, nil)
	w.awaitAll(b)
	b.ReportMetric(float64(w.sink.calls)/float64(b.N), "deliveries/op")
}
