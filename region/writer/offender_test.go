package writer_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"pangea/region"
	"pangea/region/regiontest"
	"pangea/region/writer"
)

// A write that the database refuses gets the error alone; the others of its group
// are committed, once.
func TestWriter_OnlyTheOffenderIsRefused(t *testing.T) {
	r := newRig(t, func(c *writer.Config) { c.LocalPace = 100 * time.Millisecond }) // so that a group forms
	if _, err := r.sql(t).Exec(t.Context(), `alter table profile add check (value <> '"bad"')`); err != nil {
		t.Fatal(err)
	}
	const n = 20
	errs := make([]error, n)
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() {
			value := `"good"`
			if i == 7 {
				value = `"bad"`
			}
			_, errs[i] = r.writer.Do(t.Context(), region.Write{Op: region.PutProfile, Key: fmt.Sprint(i), Value: value})
		})
	}
	all.Wait()
	for i, err := range errs {
		if (i == 7) != errors.Is(err, region.ErrRejected) || (i != 7 && err != nil) {
			t.Errorf("write %d: %v", i, err)
		}
	}
	if got := number(t, r.sql(t), "select sum(events) from outbox"); got != n-1 {
		t.Errorf("%d events logged, want %d", got, n-1)
	}
	if got := number(t, r.sql(t), "select ordinal from log_head"); got != n-1 {
		t.Errorf("last ordinal %d, want %d", got, n-1)
	}
}

// I1: the connection is cut after each number of bytes, in each direction, in the
// middle of whatever the writer was doing. What was acknowledged is there, once.
func TestWriter_CrashAnywhere(t *testing.T) {
	for _, way := range []string{"up", "down"} {
		t.Run(way, func(t *testing.T) {
			r := newRig(t, func(c *writer.Config) { c.LocalPace = time.Millisecond })
			var acknowledged, unanswered int64
			for bytes := 1; bytes < 2500; bytes += 83 {
				if way == "up" {
					r.wire.limit(bytes, -1)
				} else {
					r.wire.limit(-1, bytes/4)
				}
				for range 3 {
					ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
					_, err := r.writer.Do(ctx, incr("a"))
					cancel()
					switch {
					case err == nil:
						acknowledged++
					case errors.Is(err, region.ErrUnknown):
						unanswered++
					case !errors.Is(err, region.ErrUnavailable):
						t.Fatalf("at %d bytes: %v", bytes, err)
					}
				}
				r.wire.limit(-1, -1)
				r.waitWritable(t, &acknowledged)
			}
			value := number(t, r.sql(t), "select value from counter_value where key = 'a'")
			if value < acknowledged || value > acknowledged+unanswered {
				t.Errorf("counter %d, acknowledged %d, unanswered %d", value, acknowledged, unanswered)
			}
			checkDense(t, r)
			t.Logf("acknowledged %d, unanswered %d, counter %d", acknowledged, unanswered, value)
		})
	}
}

// waitWritable writes until a write passes.
func (r *rig) waitWritable(t *testing.T, acknowledged *int64) {
	t.Helper()
	regiontest.Eventually(t, regiontest.Patience, func() string {
		_, err := r.writer.Do(t.Context(), incr("a"))
		if err == nil {
			*acknowledged++
			return ""
		}
		if errors.Is(err, region.ErrUnknown) {
			t.Fatal(err)
		}
		return err.Error()
	})
}

// checkDense checks I2: entries and events are numbered without gaps.
func checkDense(t *testing.T, r *rig) {
	t.Helper()
	conn := r.sql(t)
	if n := number(t, conn, "select count(*) - max(seq) from outbox"); n != 0 {
		t.Errorf("the outbox has gaps: %d", n)
	}
	if n := number(t, conn, "select count(*) from (select first_ordinal - lag(first_ordinal + events) over (order by seq) as d from outbox) x where d <> 0"); n != 0 {
		t.Errorf("%d breaks in the ordinals", n)
	}
	if n := number(t, conn, "select sum(events) - (select ordinal from log_head) from outbox"); n != 0 {
		t.Errorf("events and ordinals differ by %d", n)
	}
}
