package applier_test

import (
	"context"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"

	"pangea/applier"
	"pangea/chaos/links"
	"pangea/crdt"
	"pangea/lab/logtest"
	"pangea/region"
	"pangea/region/position"
)

var (
	us2 = crdt.Origin{Region: "us", Epoch: 2}
	ap  = crdt.Origin{Region: "ap", Epoch: 1}
	af  = crdt.Origin{Region: "af", Epoch: 1}
)

// relay is the relay of eu, of which the log is in its second epoch, with what the
// others have and report.
type relay struct {
	sink    *sink
	holders map[string]*logServer
	reg     *prometheus.Registry
	logged  *logtest.Log
	every   time.Duration

	mu      sync.Mutex
	reports map[string]region.Report
}

func newRelay(sink *sink, holders map[string]*logServer) *relay {
	r := &relay{
		sink: sink, holders: holders, reg: prometheus.NewRegistry(), logged: &logtest.Log{},
		every: 20 * time.Millisecond, reports: map[string]region.Report{},
	}
	sink.tracker = position.New("eu", "eu", time.Now)
	for _, name := range []string{"us", "ap", "af"} {
		sink.tracker.Register(name)
	}
	sink.advance()
	return r
}

// run relays until the test ends. Every region reports each 20 ms what it last said.
func (r *relay) run(t *testing.T, after time.Duration) {
	t.Helper()
	relay, err := applier.NewRelay(applier.RelayConfig{
		After: after, Every: r.every, RetryStopped: 300 * time.Millisecond,
		Address: func(name string) string { return r.holders[name].address() },
		Logger:  slog.New(slog.NewTextHandler(r.logged, &slog.HandlerOptions{Level: slog.LevelDebug})),
	}, r.sink, r.sink.tracker, r.reg)
	check(t, err)
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() {
		if err := relay.Run(ctx); err != nil {
			t.Errorf("Run: %v", err)
		}
	})
	running.Go(func() {
		tick := time.NewTicker(20 * time.Millisecond)
		defer tick.Stop()
		for ; ctx.Err() == nil; <-tick.C {
			r.report()
		}
	})
	t.Cleanup(func() {
		cancel()
		running.Wait()
	})
}

func (r *relay) report() {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, said := range r.reports {
		r.sink.tracker.Observe(said)
	}
}

// says lets a region report what it stores of others' logs, and from which entries on.
func (r *relay) says(from crdt.Origin, stored, floors crdt.Vector) {
	r.mu.Lock()
	r.reports[from.Region] = region.Report{Origin: from, Stored: stored, Floors: floors}
	r.mu.Unlock()
	r.report()
}

// silence ends the reports of a region.
func (r *relay) silence(name string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.reports, name)
}

func (r *relay) value(t *testing.T, name string, labels ...string) float64 {
	t.Helper()
	return value(t, r.reg, "relay_"+name, labels...)
}

// stopped counts the logs that have stopped.
func (r *relay) stopped(t *testing.T) int {
	t.Helper()
	n, err := testutil.GatherAndCount(r.reg, "pangea_relay_stopped")
	check(t, err)
	return n
}

// filled is a log of n entries.
func filled(log crdt.Origin, n int) *history {
	h := newHistory(log, "")
	h.commit(n)
	return h
}

// A silent region's log is read from another while the session with it is over, and
// from itself when it is back.
func TestRelay_ServesASilentRegionsLog(t *testing.T) {
	w := newWorld(t, time.Millisecond)
	holder := newLogServer(t, w.us)
	r := newRelay(w.sink, map[string]*logServer{"us": w.usHTTP, "ap": holder})
	r.says(us, crdt.Vector{us: 50}, nil)
	w.publish(t, 50)
	w.read(t, nil)
	r.run(t, time.Second)
	w.awaitAll(t)
	check(t, w.links.Partition(t.Context(), "us", "eu", links.BothWays, links.Refuse))
	w.publish(t, 250)
	r.silence("us")
	r.says(ap, crdt.Vector{us: 300}, nil)
	w.awaitAll(t)
	eventually(t, "250 entries that came from ap are counted", func() bool { return r.value(t, "entries_total", "ap") == 250 })
	check(t, w.links.Heal(t.Context(), "us", "eu"))
	w.publish(t, 50)
	w.awaitAll(t)
	if gaps := holder.gapsAsked(); len(gaps) != 0 {
		t.Errorf("ap was told of gaps %v in a stream that is not its own", gaps)
	}
	if problems, err := testutil.GatherAndLint(r.reg); err != nil || len(problems) > 0 {
		t.Errorf("metrics: %v, %v", problems, err)
	}
}

// A region that was never heard of is silent too. With the relay off it is left out.
func TestRelay_LogThatWasNeverRead(t *testing.T) {
	for name, after := range map[string]time.Duration{"on": time.Millisecond, "off": 0} {
		t.Run(name, func(t *testing.T) {
			log, own := filled(us, 150), filled(crdt.Origin{Region: "eu", Epoch: 1}, 120)
			holder := newLogServer(t, log, own)
			r := newRelay(newSink(), map[string]*logServer{"ap": holder})
			r.says(ap, crdt.Vector{us: 150, own.origin: 120}, nil)
			r.run(t, after)
			r.sink.await(t, own) // a former log of eu itself
			if after > 0 {
				r.sink.await(t, log)
			} else if n := holder.times(us); n > 0 {
				t.Errorf("ap was asked for us's log %d times", n)
			}
		})
	}
}

// us goes on in a second epoch. Of its first, eu holds less than ap: that is read from
// ap while the new stream is read from us.
func TestRelay_CompletesAFormerEpochBesidesTheNewStream(t *testing.T) {
	w := newWorld(t, time.Millisecond)
	w.us = newHistory(us2, "again")
	log, err := w.server.Log(us2)
	check(t, err)
	w.log = log
	w.recreate(t, 1)
	former := filled(us, 350)
	w.sink.restore(former.after(119, 1)[0])
	holder, half := newLogServer(t, former), make(chan struct{})
	holder.stall = func(crdt.Origin) {
		if holder.times(us) > 0 { // the second page comes when the new log has got on
			<-half
		}
	}
	r := newRelay(w.sink, map[string]*logServer{"ap": holder})
	r.says(us2, crdt.Vector{us2: 1, us: 90}, nil)
	r.says(ap, crdt.Vector{us: 350}, nil)
	w.read(t, nil)
	r.run(t, 0)
	eventually(t, "a page of the former log is stored", func() bool {
		seq, _ := w.sink.Stored(us)
		return seq == 220
	})
	w.publish(t, 300)
	w.awaitAll(t)
	close(half)
	w.sink.await(t, former)
	w.publish(t, 300)
	w.awaitAll(t)
	w.stop()
	if n := w.value(t, "applier_entries_total"); n != 600 {
		t.Errorf("the session delivered %v entries, want the 600 of the new log", n)
	}
}

// What us has dropped comes from ap; then the session goes on after it.
func TestRelay_BringsWhatTheOriginHasDropped(t *testing.T) {
	w := newWorld(t, time.Millisecond)
	w.us.commit(350)
	w.recreate(t, 351)
	w.publish(t, 50)
	w.usHTTP.trim(us, 351)
	holder := newLogServer(t, filled(us, 350))
	w.read(t, nil)
	eventually(t, "the session ends", func() bool { return w.value(t, "applier_resets_total", "trimmed") > 0 })
	r := newRelay(w.sink, map[string]*logServer{"ap": holder})
	r.says(us, crdt.Vector{us: 400}, crdt.Vector{us: 351})
	r.says(ap, crdt.Vector{us: 350}, nil)
	r.run(t, 0)
	w.awaitAll(t)
	w.stop()
	if n := w.value(t, "applier_entries_total"); n != 50 {
		t.Errorf("the session delivered %v entries, want 50", n)
	}
}

// A holder may have dropped an entry since it reported to have it. That is no alert:
// its next report says so, and another holder is asked.
func TestRelay_AHolderHasDroppedTheEntry(t *testing.T) {
	log := filled(us, 150)
	trimmed, whole := newLogServer(t, log), newLogServer(t, log)
	trimmed.trim(us, 100)
	r := newRelay(newSink(), map[string]*logServer{"ap": trimmed, "af": whole})
	r.says(us2, nil, nil)
	r.says(ap, crdt.Vector{us: 150}, nil)
	r.says(af, crdt.Vector{us: 149}, nil)
	r.run(t, 0)
	r.sink.await(t, log)
	if n := r.stopped(t); n != 0 || strings.Contains(r.logged.String(), "level=INFO") {
		t.Errorf("%d logs have stopped\n%s", n, r.logged)
	}
	if r.value(t, "failures_total", "trimmed") == 0 {
		t.Error("ap was not asked")
	}
}

// A copy that is damaged does not stop a log of which a holder has a good one, even if
// that holder has less of it.
func TestRelay_AnotherHolderHasAGoodCopy(t *testing.T) {
	log := filled(us, 10)
	damaged, whole := newLogServer(t, log), newLogServer(t, log)
	damaged.spoil = func(seq uint64, payload []byte) []byte {
		if seq == 7 {
			payload = append([]byte{200}, payload[1:]...)
		}
		return payload
	}
	r := newRelay(newSink(), map[string]*logServer{"ap": damaged, "af": whole})
	r.says(us2, nil, nil)
	r.says(ap, crdt.Vector{us: 10}, nil)
	r.says(af, crdt.Vector{us: 9}, nil)
	r.run(t, time.Minute)
	r.sink.await(t, log)
	if n := r.stopped(t); n != 0 {
		t.Errorf("%d logs have stopped", n)
	}
}

// A fork stops its own log, with an alert, and is tried again slowly; others go on.
func TestRelay_StopsAtAFork(t *testing.T) {
	ours, theirs, good := filled(us, 150), newHistory(us, "another"), filled(af, 150)
	theirs.commit(150)
	holder := newLogServer(t, theirs, good)
	r := newRelay(newSink(), map[string]*logServer{"ap": holder})
	r.sink.restore(ours.after(19, 1)[0])
	r.says(us2, nil, nil)
	r.says(ap, crdt.Vector{us: 200, af: 150}, nil)
	r.run(t, time.Millisecond)
	eventually(t, "an alert", func() bool { return r.stopped(t) == 1 })
	alerted := time.Now()
	if r.value(t, "stopped", "fork", "us") != 1 || !strings.Contains(r.logged.String(), "cure=") {
		t.Errorf("no alert for us, or no cure:\n%s", r.logged)
	}
	r.sink.await(t, good)
	if seq, _ := r.sink.Stored(us); seq != 20 {
		t.Fatalf("stored up to %d over a fork", seq)
	}
	eventually(t, "ten times Every passes", func() bool { return time.Since(alerted) > 200*time.Millisecond })
	if n := holder.times(us); n > 2 {
		t.Errorf("ap was asked %d times for a log that has stopped", n)
	}
	holder.hold(ours)
	r.sink.await(t, ours)
	eventually(t, "no alert", func() bool { return r.stopped(t) == 0 })
}

// An entry that cannot be read stops its log too. Once nobody offers the log any more,
// there is nothing to alert of.
func TestRelay_StopsAtADamagedEntry(t *testing.T) {
	log := filled(us, 10)
	holder := newLogServer(t, log)
	holder.spoil = func(seq uint64, payload []byte) []byte {
		if seq == 7 {
			payload = append([]byte{200}, payload[1:]...)
		}
		return payload
	}
	r := newRelay(newSink(), map[string]*logServer{"ap": holder})
	r.says(us2, nil, nil)
	r.says(ap, crdt.Vector{us: 10}, nil)
	r.run(t, 0)
	eventually(t, "an alert", func() bool { return r.stopped(t) == 1 })
	if seq, _ := r.sink.Stored(us); seq != 6 {
		t.Errorf("stored up to %d, want 6", seq)
	}
	r.says(ap, crdt.Vector{us: 6}, nil)
	eventually(t, "no alert", func() bool { return r.stopped(t) == 0 })
}

// A holder that does not answer costs no other log anything.
func TestRelay_AHolderThatHangs(t *testing.T) {
	hangs, answers := newLogServer(t), newLogServer(t, filled(ap, 550), filled(crdt.Origin{Region: "eu", Epoch: 1}, 550))
	release := make(chan struct{})
	hangs.stall = func(crdt.Origin) { <-release }
	t.Cleanup(func() { close(release) })
	r := newRelay(newSink(), map[string]*logServer{"af": hangs, "us": answers})
	r.says(af, crdt.Vector{us: 9}, nil)
	r.says(us2, crdt.Vector{ap: 550, {Region: "eu", Epoch: 1}: 550}, nil)
	r.run(t, time.Millisecond)
	start := time.Now()
	for _, h := range answers.logs {
		r.sink.await(t, h)
	}
	if took := time.Since(start); took > 4*time.Second { // af is given up after 5 s
		t.Errorf("the others took %s", took)
	}
}

// The database fails, having stored none, half or all of what it was given.
func TestRelay_FailedDeliveryIsRepeated(t *testing.T) {
	log := filled(us, 950)
	r := newRelay(newSink(), map[string]*logServer{"ap": newLogServer(t, log)})
	r.sink.failOn = func(call int) bool { return call%2 == 1 }
	r.says(us2, nil, nil)
	r.says(ap, crdt.Vector{us: 950}, nil)
	r.run(t, 0)
	r.sink.await(t, log)
	if r.value(t, "failures_total", "deliver") < 3 {
		t.Error("failed deliveries were not counted")
	}
}

// Where there is more, the next page is asked for at once.
func TestRelay_DoesNotPauseBetweenPages(t *testing.T) {
	log := filled(us, 2000)
	r := newRelay(newSink(), map[string]*logServer{"ap": newLogServer(t, log)})
	r.says(us2, nil, nil)
	r.says(ap, crdt.Vector{us: 2000}, nil)
	r.every = time.Minute
	r.run(t, 0)
	r.sink.await(t, log)
}

func TestNewRelay_RefusesBadConfig(t *testing.T) {
	if _, err := applier.NewRelay(applier.RelayConfig{}, nil, nil, nil); err == nil {
		t.Error("no Address was accepted")
	}
}
