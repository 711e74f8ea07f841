package shipper_test

import "testing"

// BenchmarkShip is the way of one small entry from commit to stream.
func BenchmarkShip(b *testing.B) {
	l := openLog(b, serve(b, b.TempDir()), us)
	o := newOutbox(us)
	s := start(b, o, l, us)
	records := o.commit(b.N)
	b.ResetTimer()
	for _, r := range records {
		s.commits <- r
	}
	eventually(b, "all is shipped", func() bool {
		return value(b, s.reg, "pangea_shipper_next_seq") == float64(b.N+1)
	})
	s.stop()
}
