package shipper_test

import (
	"context"
	"testing"
)

// The shipper is killed at the first, second, … point before, within or after each
// effect it has or asks for, and started again. Whatever the point, every entry is in
// the stream once, in order, at the sequence that is its seq (I2, I3).
func TestShipper_CrashAnywhere(t *testing.T) {
	srv := serve(t, t.TempDir())
	l := openLog(t, srv, us)
	for n := 1; ; n++ {
		// An empty stream that waits for the wrong entry. What the killed one had asked
		// the server for may still be under way.
		eventually(t, "a new stream", func() bool { return l.Recreate(context.Background(), 900) == nil })
		o := newOutbox(us)
		o.commit(40)
		hit := make(chan struct{})
		f := &faults{crash: n, onHit: func() { close(hit) }}
		s := start(t, &faultyOutbox{o, f}, &faultyStream{l, f}, us)
		crashed := feed(t, s, o, hit)
		s.stop()
		s = start(t, o, l, us)
		awaitStream(t, l, o, 1, o.head())
		s.stop()
		if !crashed {
			if n < 20 {
				t.Fatalf("only %d points", n)
			}
			t.Logf("crashed at each of %d points", n-1)
			return
		}
	}
}

// feed commits while the shipper lives and reports whether it was killed.
func feed(t *testing.T, s *running, o *outbox, hit <-chan struct{}) bool {
	t.Helper()
	for range 5 {
		for _, r := range o.commit(3) {
			select {
			case s.commits <- r:
			case <-hit:
				return true
			}
		}
	}
	return awaitOr(t, s, o, hit)
}

// awaitOr waits until everything is shipped, or the shipper was killed.
func awaitOr(t *testing.T, s *running, o *outbox, hit <-chan struct{}) bool {
	t.Helper()
	killed := false
	eventually(t, "shipped or killed", func() bool {
		select {
		case <-hit:
			killed = true
		default:
		}
		return killed || value(t, s.reg, "pangea_shipper_next_seq") == float64(o.head()+1)
	})
	return killed
}
