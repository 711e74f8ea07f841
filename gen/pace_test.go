package gen

import (
	"context"
	"testing"
	"testing/synctest"
	"time"
)

func TestPace_SendsWhenDue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start, next := time.Now(), uint64(0)
		Pace(t.Context(), start, 4, 10, func(i uint64, due time.Time) {
			if want := start.Add(time.Duration(i) * 250 * time.Millisecond); i != next || !due.Equal(want) || !time.Now().Equal(want) {
				t.Errorf("operation %d: due at %v, sent at %v, want both %v", i, due.Sub(start), time.Since(start), want.Sub(start))
			}
			next++
		})
		if took := time.Since(start); next != 10 || took != 2500*time.Millisecond {
			t.Errorf("sent %d operations in %v, want 10 in 2.5s", next, took)
		}
	})
}

// A stall must not move the operations behind it: they are sent at once, and
// their latency still counts from when they were due.
func TestPace_StallDoesNotMoveDueTimes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		var due, sent []time.Duration
		Pace(t.Context(), start, 10, 20, func(i uint64, d time.Time) {
			due, sent = append(due, d.Sub(start)), append(sent, time.Since(start))
			if i == 3 {
				<-time.After(time.Second)
			}
		})
		for i := range due {
			wantDue := time.Duration(i) * 100 * time.Millisecond
			wantSent := wantDue
			if i > 3 {
				wantSent = max(wantDue, 1300*time.Millisecond)
			}
			if due[i] != wantDue || sent[i] != wantSent {
				t.Errorf("operation %d: due %v, sent %v; want %v and %v", i, due[i], sent[i], wantDue, wantSent)
			}
		}
		if took := time.Since(start); took != 2*time.Second {
			t.Errorf("took %v, want 2s", took)
		}
	})
}

func TestPace_StopsWhenCancelled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		start, sent := time.Now(), 0
		Pace(ctx, start, 0.7, 100, func(uint64, time.Time) { sent++ })
		if took := time.Since(start); sent != 1 || took != time.Second {
			t.Errorf("sent %d operations in %v, want 1 in 1s", sent, took)
		}
	})
}
