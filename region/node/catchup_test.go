package node_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"pangea/chaos/links"
	"pangea/region/regiontest"
)

const (
	// backlogEvents is what us writes while eu is cut off.
	backlogEvents = 100_000
	// mostSlower is how many times as long eu may take to apply what us has written as
	// fast as it can: about as long is usual, beside eu's own clients.
	mostSlower = 6
	// mostDelayed is how many times as long eu's clients may wait meanwhile, and leastWait
	// what they wait anyway on a busy machine.
	mostDelayed, leastWait = 8, 20 * time.Millisecond
)

// A region that was cut off catches up fast, its own clients wait little longer
// meanwhile, and it says how long it will take.
func TestCatchUp_IsFastFairAndForeseen(t *testing.T) {
	w := regiontest.New(t, regiontest.Options{Regions: []string{"us", "eu"}})
	w.Cut(t, "us", "eu", links.BothWays, links.Blackhole)
	begin := time.Now()
	writeBacklog(t, w, "us")
	wrote := time.Since(begin)

	quiet := timeWrites(t, w, "eu")
	regiontest.Throughout(t, 2*time.Second, func() string { return w.Status(t, "eu").Reason })
	before := quiet.p99()

	busy := timeWrites(t, w, "eu")
	w.HealAll(t)
	course := watchLag(t, w, "eu", "us")
	during := busy.p99()

	if during > mostDelayed*max(before, leastWait) {
		t.Errorf("99 of 100 local writes took up to %s in the catch-up, and %s before it", during, before)
	}
	took := course[len(course)-1].at.Sub(course[0].at)
	if took > mostSlower*wrote {
		t.Errorf("eu applied in %s what us had written in %s", took, wrote)
	}
	checkForecast(t, course)
	t.Logf("caught up in %s, written in %s; local p99 %s, before %s", took, wrote, during, before)
	w.WaitConverged(t)
}

func writeBacklog(t *testing.T, w *regiontest.World, name string) {
	t.Helper()
	const batch = 2_000
	for n := 0; n < backlogEvents; n += batch {
		var lines strings.Builder
		for i := range batch {
			fmt.Fprintf(&lines, `{"op":"counter.incr","key":"k%d"}`+"\n", (n+i)%20_000)
		}
		w.OK(t, name, "POST", "/batch", lines.String())
	}
}

// timing is how long a region's clients wait.
type timing struct {
	stop func()
	mu   sync.Mutex
	took []time.Duration
}

// timeWrites has ten clients write at a region, each every 20 ms.
func timeWrites(t *testing.T, w *regiontest.World, name string) *timing {
	m := &timing{}
	client := func(ctx context.Context) {
		every(ctx, 20*time.Millisecond, func() {
			start := time.Now()
			a, err := w.Try(t, name, "POST", "/counter/local/incr", "")
			if err != nil || a.Status != 200 {
				t.Errorf("a write at %s: %d %s %v", name, a.Status, a.Body, err)
			}
			m.mu.Lock()
			defer m.mu.Unlock()
			m.took = append(m.took, time.Since(start))
		})
	}
	m.stop = background(t, slices.Repeat([]func(context.Context){client}, 10)...)
	return m
}

// p99 ends the clients.
func (m *timing) p99() time.Duration {
	m.stop()
	slices.Sort(m.took)
	return m.took[len(m.took)*99/100]
}

// sample is a lag as /status showed it.
type sample struct {
	at     time.Time
	writes uint64
	left   float64 // in seconds
}

// watchLag samples a region's lag from when a log begins to move until nothing of it is
// missing.
func watchLag(t *testing.T, w *regiontest.World, name, log string) []sample {
	t.Helper()
	var course []sample
	regiontest.Eventually(t, regiontest.Patience, func() string {
		lag := w.Status(t, name).Lag[log]
		if lag.Writes == 0 && len(course) == 0 {
			return name + " has not heard what it lacks"
		}
		if lag.Writes == backlogEvents {
			course = course[:0]
		}
		course = append(course, sample{time.Now(), lag.Writes, lag.SecondsLeft})
		if lag.Writes > 0 {
			return fmt.Sprintf("%d events are missing", lag.Writes)
		}
		return ""
	})
	return course
}

// checkForecast compares what was said in the second half with what came.
func checkForecast(t *testing.T, course []sample) {
	t.Helper()
	half := slices.IndexFunc(course, func(s sample) bool { return s.writes < backlogEvents/2 })
	end := course[len(course)-1].at
	for _, s := range course[half:] {
		left := end.Sub(s.at).Seconds()
		switch {
		case s.left < 0 && left < 1: // so fast that there was nothing to tell it from
			return
		case s.left < left/3-2 || s.left > 3*left+2:
			t.Errorf("with %d events missing %.1f s were said to be left, and it took %.1f", s.writes, s.left, left)
			return
		}
	}
}
