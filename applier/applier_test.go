package applier_test

import (
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil"

	"pangea/applier"
	"pangea/chaos/links"
	"pangea/region"
	"pangea/region/stream"
)

// JetStream does not send again what was in flight when a link was cut, and AckAll
// acknowledges it with what comes after: without the order decision, entries would
// be lost here (I5).
func TestApplier_LosesNothingOverACutLink(t *testing.T) {
	w := newWorld(t, 150*time.Millisecond)
	w.read(t, nil)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		tick := time.NewTicker(10 * time.Millisecond)
		defer tick.Stop()
		for range 1500 {
			<-tick.C
			w.publish(t, 10)
		}
	}()
	for _, mode := range []links.Mode{links.Refuse, links.Refuse, links.Blackhole} {
		w.awaitGrowth(t, 500)
		check(t, w.links.Partition(t.Context(), "us", "eu", links.BothWays, mode))
		before := w.us.head()
		eventually(t, "the link is down", func() bool { return w.value(t, "applier_link_up") == 0 })
		eventually(t, "us goes on", func() bool { return w.us.head() > before+500 })
		check(t, w.links.Heal(t.Context(), "us", "eu"))
	}
	<-ended
	w.awaitAll(t)
	if resets := w.value(t, "applier_resets_total", "link_lost") + w.value(t, "applier_resets_total", "no_heartbeat"); resets < 3 {
		t.Errorf("%v sessions were ended by three cuts\n%s", resets, w.logged)
	}
	if gaps := w.usHTTP.gapsAsked(); len(gaps) > 0 {
		t.Errorf("the stream did not serve entries %v: a session did not begin where it should", gaps)
	}
	t.Logf("%v entries, %v duplicates, %v gaps", w.value(t, "applier_entries_total"), w.value(t, "applier_duplicates_total"), w.value(t, "applier_gaps_total"))
	if problems, err := testutil.GatherAndLint(w.reg); err != nil || len(problems) > 0 {
		t.Errorf("metrics: %v, %v", problems, err)
	}
}

// awaitGrowth waits until n more entries are stored.
func (w *world) awaitGrowth(t *testing.T, n uint64) {
	t.Helper()
	before, _ := w.sink.Stored(us)
	eventually(t, "entries arrive", func() bool {
		seq, _ := w.sink.Stored(us)
		return seq >= before+n
	})
}

func TestApplier_GoesOnWhereItsDatabaseIs(t *testing.T) {
	w := newWorld(t, time.Millisecond)
	w.publish(t, 300)
	stop := w.read(t, nil)
	w.awaitAll(t)
	eventually(t, "all is acknowledged", func() bool { return w.value(t, "applier_consumer_pending") == 0 })
	stop()
	// The database was restored: what JetStream was told means nothing.
	w.sink.restore(w.us.after(99, 1)[0])
	w.publish(t, 10)
	w.read(t, nil)
	w.awaitAll(t)
	w.stop() // and what is stored is counted
	if n := w.value(t, "applier_entries_total"); n != 210 {
		t.Errorf("%v entries were read again, want 210", n)
	}
}

// A snapshot is joined while a session reads: it goes on where that ends, instead of
// reading what is stored already to the end.
func TestApplier_GoesOnWhereASnapshotEnds(t *testing.T) {
	w := newWorld(t, time.Millisecond)
	w.publish(t, 1000)
	w.sink.failOn = func(call int) bool {
		if call == 1 {
			e := w.us.after(989, 1)[0]
			w.sink.logs[us] = region.Progress{Stored: e.Seq, Checksum: e.Checksum}
		}
		return false
	}
	w.sink.shared = true
	w.read(t, func(c *applier.Config) { c.BatchEvents = 1 })
	w.awaitAll(t)
	if n := w.sink.deliveries(); n > 100 {
		t.Errorf("%d batches were delivered, and ten entries were missing", n)
	}
}

// A bad message in the stream is skipped by JetStream without a word.
func TestApplier_ReadsFromTheLogWhatTheStreamSkips(t *testing.T) {
	w := newWorld(t, time.Millisecond)
	w.publish(t, 1000)
	check(t, w.server.Close())
	flipBit(t, w.cfg.StoreDir, func(block []byte) int { return len(block) / 2 })
	w.serve(t)
	w.read(t, nil)
	w.awaitAll(t)
	if gaps := w.usHTTP.gapsAsked(); len(gaps) != 1 {
		t.Errorf("us was told of gaps %v, want one", gaps)
	}
	if n := w.value(t, "applier_gaps_total"); n != 2 {
		t.Errorf("%v gaps before the log was read, want 2", n)
	}
}

// flipBit damages the last block of us's stream.
func flipBit(t *testing.T, dir string, at func(block []byte) int) {
	t.Helper()
	blocks, err := filepath.Glob(filepath.Join(dir, "jetstream/$G/streams/LOG_us/msgs/*.blk"))
	check(t, err)
	b, err := os.ReadFile(blocks[len(blocks)-1])
	check(t, err)
	b[at(b)] ^= 1
	check(t, os.WriteFile(blocks[len(blocks)-1], b, 0o600))
}

// A page that begins too early is a duplicate delivery.
func TestApplier_ReadsFromTheLogWhatTheStreamPurged(t *testing.T) {
	w := newWorld(t, time.Millisecond)
	w.usHTTP.early = 7
	w.recreate(t, 351)
	w.us.commit(350)
	w.publish(t, 50)
	w.read(t, nil)
	w.awaitAll(t)
	w.stop()
	if n := w.value(t, "applier_duplicates_total"); n < 7 {
		t.Errorf("%v duplicates were dropped, want at least 7", n)
	}
	if n := w.value(t, "applier_log_read_entries_total"); n < 350 {
		t.Errorf("%v entries came from the log", n)
	}
}

// The shipper rebuilds the stream, with the consumer, under a running session.
func TestApplier_StreamIsRebuilt(t *testing.T) {
	w := newWorld(t, time.Millisecond)
	w.publish(t, 100)
	w.read(t, nil)
	w.awaitAll(t)
	w.recreate(t, 1)
	check(t, w.log.Publish(t.Context(), records(w.us.after(0, 100))))
	w.publish(t, 100)
	w.awaitAll(t)
}

// A stream that was rolled back is not read from a position beyond its end: JetStream
// would skip up to there what is published next.
func TestApplier_StreamIsRolledBack(t *testing.T) {
	w := newWorld(t, time.Millisecond)
	w.publish(t, 100)
	stop := w.read(t, nil)
	w.awaitAll(t)
	stop()
	w.recreate(t, 1)
	check(t, w.log.Publish(t.Context(), records(w.us.after(0, 60))))
	w.read(t, nil)
	eventually(t, "the reader waits", func() bool { return w.value(t, "applier_resets_total", "ahead") > 0 })
	check(t, w.log.Publish(t.Context(), records(w.us.after(60, 40))))
	w.publish(t, 5)
	w.awaitAll(t)
}

// Another reader of the same consumer, such as a process that lost the database but
// has not noticed, takes entries and acknowledges them.
func TestApplier_AnotherTakesItsMessages(t *testing.T) {
	w := newWorld(t, time.Millisecond)
	w.publish(t, 10)
	w.read(t, nil)
	w.awaitAll(t)
	peer, err := stream.Dial(stream.PeerConfig{Self: "eu", Name: "us", Address: w.server.Address(), Logger: slog.New(slog.DiscardHandler)})
	check(t, err)
	t.Cleanup(peer.Close)
	<-peer.Up()
	state, err := peer.State(t.Context())
	check(t, err)
	thief, err := peer.Open(t.Context(), state, 10)
	check(t, err)
	for taken, deadline := 0, time.Now().Add(10*time.Second); taken == 0; {
		w.publish(t, 1)
		m, ok, err := thief.Next(10 * time.Millisecond)
		check(t, err)
		if ok {
			taken++
			check(t, thief.Ack(m))
		}
		if time.Now().After(deadline) {
			t.Fatal("nothing was taken")
		}
	}
	thief.Close()
	w.awaitAll(t)
	t.Logf("%v gaps, %v stalls", w.value(t, "applier_gaps_total"), w.value(t, "applier_resets_total", "stalled"))
}

func records(entries []region.Entry) (out []region.Record) {
	for _, e := range entries {
		out = append(out, region.Record{Seq: e.Seq, Payload: e.Payload})
	}
	return out
}

// Whatever the stream says, the origin's own record decides.
func TestApplier_StreamContradictsTheLog(t *testing.T) {
	w := newWorld(t, time.Millisecond)
	w.publish(t, 20)
	w.read(t, nil)
	w.awaitAll(t)
	other := newHistory(us, "another")
	other.commit(20)
	check(t, w.log.Publish(t.Context(), other.commit(1)))
	w.us.commit(1)
	w.awaitAll(t)
	if gaps := w.usHTTP.gapsAsked(); !slices.Contains(gaps, 21) {
		t.Errorf("us was not told of entry 21: %v", gaps)
	}
	if n := w.value(t, "applier_stopped", "fork"); n != 0 {
		t.Error("the log counts as stopped")
	}
}

func TestApplier_StopsAtAForkAndGoesOnWhenItIsGone(t *testing.T) {
	w := newWorld(t, time.Millisecond)
	other := newHistory(us, "another")
	check(t, w.log.Publish(t.Context(), other.commit(10)))
	w.us.commit(10)
	w.sink.restore(w.us.after(4, 1)[0]) // of ours
	w.usHTTP.hold(other)
	w.read(t, nil)
	eventually(t, "an alert", func() bool { return w.value(t, "applier_stopped", "fork") == 1 })
	if seq, _ := w.sink.Stored(us); seq != 5 {
		t.Fatalf("stored up to %d over a fork", seq)
	}
	if !strings.Contains(w.logged.String(), "cure=") {
		t.Errorf("no cure in the log:\n%s", w.logged)
	}
	w.usHTTP.hold(w.us)
	w.awaitAll(t)
	if w.value(t, "applier_stopped", "fork") != 0 {
		t.Error("the log still counts as stopped")
	}
}

func TestApplier_StopsAtANewerFormatAndGoesOnAfterTheUpgrade(t *testing.T) {
	w := newWorld(t, time.Millisecond)
	rs := w.us.commit(10)
	newer := func(seq uint64, payload []byte) []byte {
		if seq == 7 {
			payload = append([]byte{200}, payload[1:]...)
		}
		return payload
	}
	rs[6].Payload = newer(7, rs[6].Payload)
	check(t, w.log.Publish(t.Context(), rs))
	w.usHTTP.spoil = newer
	w.read(t, nil)
	eventually(t, "an alert", func() bool { return w.value(t, "applier_stopped", "undecodable") == 1 })
	if seq, _ := w.sink.Stored(us); seq != 6 {
		t.Fatalf("stored up to %d, want 6", seq)
	}
	if !strings.Contains(w.logged.String(), "upgrade this region") {
		t.Errorf("no cure in the log:\n%s", w.logged)
	}
	w.usHTTP.mu.Lock()
	w.usHTTP.spoil = nil
	w.usHTTP.mu.Unlock()
	w.awaitAll(t)
}

// What neither the stream nor the origin's outbox gives may come from elsewhere: that is
// no alert.
func TestApplier_GoesOnOnceOthersBroughtWhatItsOriginHasDropped(t *testing.T) {
	w := newWorld(t, time.Millisecond)
	rs := w.us.commit(10)
	rs[6].Payload = append([]byte{200}, rs[6].Payload[1:]...)
	check(t, w.log.Publish(t.Context(), rs))
	w.usHTTP.trim(us, 11)
	w.read(t, nil)
	eventually(t, "/log is asked", func() bool { return w.value(t, "applier_resets_total", "trimmed") > 0 })
	if n := w.value(t, "applier_stopped", "undecodable"); n != 0 {
		t.Error("the log counts as stopped")
	}
	w.sink.restore(w.us.after(9, 1)[0])
	w.publish(t, 5)
	w.awaitAll(t)
}

// The database fails, having stored none, half or all of what it was given.
func TestApplier_FailedDeliveryIsRepeatedFromWhatIsStored(t *testing.T) {
	w := newWorld(t, time.Millisecond)
	w.sink.failOn = func(call int) bool { return call%2 == 1 && call < 20 }
	w.publish(t, 100)
	w.read(t, func(c *applier.Config) { c.BatchEvents = 10 })
	w.awaitAll(t)
	if w.value(t, "applier_resets_total", "deliver") < 5 {
		t.Error("failed deliveries were not counted")
	}
}

// The reader is killed at its first, second, … delivery, of which half is stored, and
// started again. The sink takes nothing but the continuation of what it has (I5).
func TestApplier_CrashAnywhere(t *testing.T) {
	w := newWorld(t, 0)
	w.publish(t, 60)
	for n := 1; ; n++ {
		w.sink = newSink()
		killed := make(chan struct{})
		w.sink.failOn = func(call int) bool {
			if call == n {
				close(killed)
			}
			return call >= n // nothing has an effect any more
		}
		stop := w.read(t, func(c *applier.Config) { c.BatchEvents = 5 })
		crashed := false
		eventually(t, "all is stored, or it was killed", func() bool {
			select {
			case <-killed:
				crashed = true
			default:
			}
			seq, _ := w.sink.Stored(us)
			return crashed || seq == w.us.head()
		})
		stop()
		w.sink.failOn = nil
		w.read(t, nil)
		w.awaitAll(t)
		if !crashed {
			t.Logf("killed at each of %d deliveries", n-1)
			return
		}
	}
}

func TestNew_RefusesBadConfig(t *testing.T) {
	ok := applier.Config{
		Peer:    "us",
		Address: func(string) string { return "" },
		Head:    func(string) region.Position { return region.Position{} },
	}
	for _, spoil := range []func(*applier.Config){
		func(c *applier.Config) { c.Peer = "" },
		func(c *applier.Config) { c.Address = nil },
		func(c *applier.Config) { c.Head = nil },
		func(c *applier.Config) { c.QuietAfter = time.Second },
	} {
		cfg := ok
		spoil(&cfg)
		if _, err := applier.New(cfg, nil, nil, nil); err == nil {
			t.Errorf("%+v was accepted", cfg)
		}
	}
}

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
