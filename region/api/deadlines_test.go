package api

import (
	"context"
	"testing"
	"testing/synctest"
	"time"
)

func TestDeadlines(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		parent, cancel := context.WithCancel(t.Context())
		d := newDeadlines(parent)
		first := d.after(3*time.Second, time.Now())
		time.Sleep(tick)
		if d.after(3*time.Second, time.Now()) != first {
			t.Error("got another context within a tick")
		}
		other := d.after(4*time.Second, time.Now())
		time.Sleep(time.Nanosecond)
		next := d.after(3*time.Second, time.Now())
		if next == first || other == first {
			t.Error("got the same context for another deadline")
		}
		time.Sleep(3*time.Second - 2*time.Nanosecond)
		synctest.Wait()
		if first.Err() != nil {
			t.Error("it ended before what the last one was promised")
		}
		time.Sleep(time.Nanosecond)
		synctest.Wait()
		if first.Err() != context.DeadlineExceeded || next.Err() != nil {
			t.Errorf("got %v and %v, want the end of the first one only", first.Err(), next.Err())
		}
		cancel()
		if next.Err() != context.Canceled {
			t.Errorf("got %v, want the end with the parent", next.Err())
		}
	})
}
