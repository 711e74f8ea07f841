package applier_test

import (
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"pangea/applier"
	"pangea/region/stream"
)

// while is how long entries may take for which there is no stream: a pause of at most
// half a second, and what a busy machine adds.
const while = 2 * time.Second

// Whatever keeps us's stream from being read, entries come, from us's own log, soon, at
// the first pause and at the tenth; us is not told to check its stream.
func TestApplier_DoesWithoutAStream(t *testing.T) {
	for name, harm := range map[string]func(t *testing.T, w *world){
		"missing": func(t *testing.T, w *world) {
			check(t, w.server.Close())
			check(t, os.RemoveAll(filepath.Join(w.cfg.StoreDir, "jetstream")))
			w.serve(t)
		},
		"never refilled": func(t *testing.T, w *world) { remake(t, w.log, 1) },
		"never refilled under a new epoch": func(t *testing.T, w *world) {
			log, err := w.server.Log(us2)
			check(t, err)
			remake(t, log, 1)
			w.us = newHistory(us2, "again")
			w.usHTTP.hold(w.us)
		},
		"emptied": func(t *testing.T, w *world) { w.recreate(t, 1) },
		"refused": func(t *testing.T, w *world) { // a consumer cannot be made
			w.recreate(t, 1)
			check(t, w.log.Publish(t.Context(), records(w.us.after(0, 50))))
			check(t, os.RemoveAll(w.consumers()))
			check(t, os.WriteFile(w.consumers(), nil, 0o600))
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, time.Millisecond)
			w.publish(t, 50)
			stop := w.read(t, nil)
			w.awaitAll(t)
			stop()
			harm(t, w)
			w.read(t, func(c *applier.Config) { c.RetryMax = time.Hour })
			for range 10 {
				w.us.commit(150)
				w.awaitWithin(t, while)
			}
			before := w.sessions(t)
			eventually(t, "us is idle for ten sessions", func() bool { return w.sessions(t) > before+10 })
			w.us.commit(1)
			w.awaitWithin(t, while)
			if gaps := w.usHTTP.gapsAsked(); len(gaps) > 0 {
				t.Errorf("us was told of gaps %v", gaps)
			}
			if n := strings.Count(w.logged.String(), "starts over"); n > 3 {
				t.Errorf("that is told %d times:\n%s", n, w.logged)
			}
		})
	}
}

// The disk of us's stream is full: the session goes on, and nothing comes.
func TestApplier_StreamTakesNoMoreEntries(t *testing.T) {
	w := newWorld(t, time.Millisecond)
	w.publish(t, 50)
	w.read(t, nil)
	w.awaitAll(t)
	w.us.commit(150)
	w.awaitWithin(t, 2*stream.Quiet+while)
	if n := w.value(t, "applier_resets_total", "behind"); n != 1 {
		t.Errorf("%v sessions ended as the stream ends before the log, want 1", n)
	}
	for range 10 {
		w.us.commit(10)
		w.awaitWithin(t, while)
	}
	check(t, w.log.Publish(t.Context(), records(w.us.after(50, 250))))
	read := w.value(t, "applier_log_read_entries_total")
	eventually(t, "the stream is read again", func() bool {
		w.publish(t, 1)
		w.awaitAll(t)
		return w.value(t, "applier_entries_total")-w.value(t, "applier_log_read_entries_total") > 100
	})
	if more := w.value(t, "applier_log_read_entries_total") - read; more > 50 {
		t.Errorf("%v entries were read at /log though the stream had them", more)
	}
}

// us writes all the while: the /log never has nothing more, and yet the stream is next.
func TestApplier_ReturnsToTheStream(t *testing.T) {
	w := newWorld(t, 20*time.Millisecond)
	w.publish(t, 50)
	remake(t, w.log, 1)
	check(t, w.log.Publish(t.Context(), records(w.us.after(0, 50))))
	w.read(t, nil)
	stop := make(chan struct{})
	var writing sync.WaitGroup
	writing.Go(func() {
		tick := time.NewTicker(time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-stop:
				return
			case <-tick.C:
				w.publish(t, 1)
			}
		}
	})
	w.awaitGrowth(t, 500)
	check(t, w.log.Offer(t.Context()))
	eventually(t, "the stream brings entries", func() bool {
		return w.value(t, "applier_entries_total")-w.value(t, "applier_log_read_entries_total") > 500
	})
	close(stop)
	writing.Wait()
	w.awaitAll(t)
}

// The last message of the stream is bad: JetStream counts it, and never sends it.
func TestApplier_ReadsFromTheLogWhatTheStreamKeepsBack(t *testing.T) {
	w := newWorld(t, time.Millisecond)
	w.publish(t, 100)
	check(t, w.server.Close())
	flipBit(t, w.cfg.StoreDir, func(block []byte) int { return len(block) - 60 })
	w.serve(t)
	w.read(t, nil)
	w.awaitAll(t)
	if gaps := w.usHTTP.gapsAsked(); len(gaps) != 1 || gaps[0] != 100 {
		t.Errorf("us was told of gaps %v, want one at 100", gaps)
	}
	if n := w.value(t, "applier_resets_total", "stalled"); n != 2 {
		t.Errorf("%v stalls before the log was read, want 2", n)
	}
}

// awaitWithin waits until all of us's log is stored, and fails if that takes longer.
func (w *world) awaitWithin(t *testing.T, d time.Duration) {
	t.Helper()
	start := time.Now()
	w.awaitAll(t)
	if took := time.Since(start); took > d {
		t.Errorf("it took %s until entry %d was there", took, w.us.head())
	}
}

// sessions is how many have ended.
func (w *world) sessions(t *testing.T) (n float64) {
	for _, cause := range []string{"no_log", "ahead", "behind", "other"} {
		n += w.value(t, "applier_resets_total", cause)
	}
	return n
}

// consumers is where JetStream keeps the consumers of us's stream.
func (w *world) consumers() string {
	return filepath.Join(w.cfg.StoreDir, "jetstream/$G/streams/LOG_us/obs")
}
