package shipper_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
	"go.uber.org/goleak"

	"pangea/crdt"
	"pangea/region"
	"pangea/region/stream"
	"pangea/shipper"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var us = crdt.Origin{Region: "us", Epoch: 1}

func serve(t testing.TB, dir string) *stream.Server {
	t.Helper()
	s, err := stream.Serve(stream.Config{
		Region: "us", Listen: "127.0.0.1:0", StoreDir: dir, StreamBytes: 64 << 20, Logger: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func openLog(t testing.TB, s *stream.Server, o crdt.Origin) *stream.Log {
	t.Helper()
	l, err := s.Log(o)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// running is a shipper that runs until stop.
type running struct {
	*shipper.Shipper
	commits chan region.Record
	reg     *prometheus.Registry
	log     *bytes.Buffer // read it after stop
	stop    func()
}

func start(t testing.TB, o shipper.Outbox, s shipper.Stream, origin crdt.Origin) *running {
	t.Helper()
	r := &running{commits: make(chan region.Record, 64), reg: prometheus.NewRegistry(), log: &bytes.Buffer{}}
	var err error
	r.Shipper, err = shipper.New(shipper.Config{
		Origin: origin, RetryMin: time.Millisecond, RetryMax: 10 * time.Millisecond, CheckEvery: time.Hour, Logger: slog.New(slog.NewTextHandler(r.log, nil)),
	}, o, s, r.commits, r.reg)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	var ended sync.WaitGroup
	ended.Go(func() {
		if err := r.Run(ctx); err != nil {
			t.Errorf("Run: %v", err)
		}
	})
	r.stop = func() {
		cancel()
		ended.Wait()
	}
	t.Cleanup(r.stop)
	return r
}

func eventually(t testing.TB, what string, ok func() bool) {
	t.Helper()
	deadline := time.After(30 * time.Second)
	for !ok() {
		select {
		case <-deadline:
			t.Fatalf("not within 30 s: %s", what)
		case <-time.After(2 * time.Millisecond):
		}
	}
}

// awaitStream waits until the stream ends in seq, then checks I2 and I3: from first
// on, each entry is there once, at its seq, as the outbox has it.
func awaitStream(t testing.TB, l *stream.Log, o *outbox, first, seq uint64) {
	t.Helper()
	eventually(t, fmt.Sprintf("the stream ends in entry %d", seq), func() bool {
		tail, err := l.Tail(context.Background())
		return err == nil && tail.Damage == "" && tail.Last.Seq == seq && tail.Next == seq+1
	})
	for want := first; want <= seq; want++ {
		r, err := l.Read(context.Background(), want)
		if err != nil || r.Seq != want || !bytes.Equal(r.Payload, o.payload(want)) {
			t.Fatalf("entry %d: got seq %d, %v", want, r.Seq, err)
		}
	}
}

func TestShipper_ShipsWhatItFindsAndWhatIsCommitted(t *testing.T) {
	l := openLog(t, serve(t, t.TempDir()), us)
	o := newOutbox(us)
	o.commit(100)
	s := start(t, o, l, us)
	awaitStream(t, l, o, 1, 100)
	reads := value(t, s.reg, "pangea_shipper_read_back_entries_total")
	for range 50 {
		for _, r := range o.commit(1) {
			s.commits <- r
		}
	}
	awaitStream(t, l, o, 1, 150)
	if now := value(t, s.reg, "pangea_shipper_read_back_entries_total"); now != reads {
		t.Errorf("%v entries were read back from the outbox in steady state", now-reads)
	}
	s.stop()
	if problems, err := testutil.GatherAndLint(s.reg); err != nil || len(problems) > 0 {
		t.Errorf("metrics: %v, %v", problems, err)
	}
}

// The writer drops a commit when the channel is full. If none comes after it, only
// the full channel tells.
func TestShipper_MissedAndRepeatedCommits(t *testing.T) {
	l := openLog(t, serve(t, t.TempDir()), us)
	o := newOutbox(us)
	rs := o.commit(10)
	gated := &gatedStream{Stream: l}
	s := start(t, o, gated, us)
	awaitStream(t, l, o, 1, 10)
	s.commits <- rs[3]          // read from the outbox long ago
	s.commits <- o.commit(5)[4] // 11 to 14 were dropped
	awaitStream(t, l, o, 1, 15)

	gated.gate.Lock()
	for dropped := 0; dropped < 10; {
		select {
		case s.commits <- o.commit(1)[0]:
		default:
			dropped++
		}
	}
	gated.gate.Unlock()
	awaitStream(t, l, o, 1, o.head())
	s.stop()
}

// A zero Record says that the writer may have dropped some: after a new session it
// does not know what the last one sent.
func TestShipper_AZeroRecordMakesItReadTheOutbox(t *testing.T) {
	l := openLog(t, serve(t, t.TempDir()), us)
	o := newOutbox(us)
	o.commit(10)
	s := start(t, o, l, us)
	awaitStream(t, l, o, 1, 10)
	eventually(t, "it follows", func() bool { return value(t, s.reg, "pangea_shipper_next_seq") == 11 })
	o.commit(5)
	s.commits <- region.Record{}
	awaitStream(t, l, o, 1, 15)
	s.stop()
}

// What no peer needs any more may be gone before the stream had it.
func TestShipper_OutboxBeginsAfterTheStream(t *testing.T) {
	l := openLog(t, serve(t, t.TempDir()), us)
	o := newOutbox(us)
	check(t, l.Recreate(t.Context(), 1))
	check(t, l.Publish(t.Context(), o.commit(20)))
	o.commit(80)
	for _, floor := range []uint64{21, 61, 101} { // goes on, begins at 61, has all
		o.trim(floor)
		s := start(t, o, l, us)
		awaitStream(t, l, o, min(floor, 100), 100)
		s.stop()
		if floor == 21 {
			check(t, l.Recreate(t.Context(), 1))
		}
	}
}

func TestShipper_RebuildsAStreamThatContradictsTheOutbox(t *testing.T) {
	for name, harm := range map[string]func(t *testing.T, l *stream.Log, s *stream.Server, o *outbox){
		"deleted": func(*testing.T, *stream.Log, *stream.Server, *outbox) {},
		"of another epoch": func(t *testing.T, _ *stream.Log, s *stream.Server, _ *outbox) {
			check(t, openLog(t, s, crdt.Origin{Region: "us", Epoch: 9}).Recreate(t.Context(), 1))
		},
		"ahead of the outbox": func(t *testing.T, l *stream.Log, _ *stream.Server, o *outbox) {
			check(t, l.Recreate(t.Context(), 1))
			check(t, l.Publish(t.Context(), otherHistory().commit(200)))
		},
		"another history": func(t *testing.T, l *stream.Log, _ *stream.Server, o *outbox) {
			check(t, l.Recreate(t.Context(), 1))
			check(t, l.Publish(t.Context(), otherHistory().commit(30)))
		},
		"not entries": func(t *testing.T, l *stream.Log, _ *stream.Server, o *outbox) {
			check(t, l.Recreate(t.Context(), 1))
			check(t, l.Publish(t.Context(), []region.Record{{Seq: 1, Payload: []byte("hello")}}))
		},
		"empty and ahead": func(t *testing.T, l *stream.Log, _ *stream.Server, _ *outbox) {
			check(t, l.Recreate(t.Context(), 70))
		},
	} {
		t.Run(name, func(t *testing.T) {
			srv := serve(t, t.TempDir())
			l := openLog(t, srv, us)
			o := newOutbox(us)
			o.commit(50)
			harm(t, l, srv, o)
			s := start(t, o, l, us)
			awaitStream(t, l, o, 1, 50)
			s.stop()
			if n := strings.Count(s.log.String(), "rebuilding the stream"); n != 1 {
				t.Errorf("%d lines about rebuilding, want 1:\n%s", n, s.log)
			}
			t.Log(s.log)
		})
	}
}

// Losing the stream under a running shipper shows at the next publish.
func TestShipper_StreamLostWhileRunning(t *testing.T) {
	l := openLog(t, serve(t, t.TempDir()), us)
	o := newOutbox(us)
	o.commit(10)
	s := start(t, o, l, us)
	awaitStream(t, l, o, 1, 10)
	check(t, l.Recreate(t.Context(), 3)) // someone else's doing
	s.commits <- o.commit(1)[0]
	awaitStream(t, l, o, 1, 11)
	s.stop()
}

// The outbox keeps only what peers may need; a rebuilt stream begins there.
func TestShipper_RebuildsFromTheFloor(t *testing.T) {
	l := openLog(t, serve(t, t.TempDir()), us)
	o := newOutbox(us)
	o.commit(100)
	o.trim(61)
	s := start(t, o, l, us)
	awaitStream(t, l, o, 61, 100)
	if tail, err := l.Tail(t.Context()); err != nil || tail.First != 61 {
		t.Errorf("the stream begins with %d, want 61 (%v)", tail.First, err)
	}
	o.trim(101) // every peer has everything
	check(t, l.Recreate(t.Context(), 1))
	s.Check(1)
	s.commits <- o.commit(1)[0]
	awaitStream(t, l, o, 101, 101)
	s.stop()
}

// A message that went bad on disk is found when a peer says that it did not get it.
func TestShipper_CheckFindsABadEntry(t *testing.T) {
	dir := t.TempDir()
	srv := serve(t, dir)
	l := openLog(t, srv, us)
	o := newOutbox(us)
	o.commit(1000)
	s := start(t, o, l, us)
	awaitStream(t, l, o, 1, 1000)
	s.stop()
	check(t, srv.Close())
	blocks, err := filepath.Glob(filepath.Join(dir, "jetstream/$G/streams/LOG_us/msgs/*.blk"))
	check(t, err)
	b, err := os.ReadFile(blocks[len(blocks)-1])
	check(t, err)
	b[len(b)/2] ^= 1
	check(t, os.WriteFile(blocks[len(blocks)-1], b, 0o600))

	l = openLog(t, serve(t, dir), us)
	bad := uint64(0)
	for seq := uint64(1); seq <= 1000 && bad == 0; seq++ {
		if r, err := l.Read(t.Context(), seq); err == nil && r.Seq != seq {
			bad = seq
		}
	}
	s = start(t, o, l, us)
	s.Check(bad)
	eventually(t, "the stream was rebuilt", func() bool {
		r, err := l.Read(context.Background(), bad)
		return err == nil && r.Seq == bad
	})
	awaitStream(t, l, o, 1, 1000)
	s.stop()
	if !strings.Contains(s.log.String(), "cannot be read") {
		t.Errorf("log does not say what happened:\n%s", s.log)
	}
}

func TestShipper_RetriesWhileTheOutboxIsAway(t *testing.T) {
	l := openLog(t, serve(t, t.TempDir()), us)
	o := newOutbox(us)
	o.commit(10)
	f := &faults{fail: 20}
	s := start(t, &faultyOutbox{o, f}, l, us)
	awaitStream(t, l, o, 1, 10)
	s.stop()
	if value(t, s.reg, "pangea_shipper_errors_total") < 5 {
		t.Error("errors were not counted")
	}
}

func TestNew_RefusesBadConfig(t *testing.T) {
	if _, err := shipper.New(shipper.Config{}, nil, nil, make(chan region.Record, 1), nil); err == nil {
		t.Error("no origin was accepted")
	}
	if _, err := shipper.New(shipper.Config{Origin: us}, nil, nil, make(chan region.Record), nil); err == nil {
		t.Error("an unbuffered channel was accepted")
	}
}

// value is that of a metric without labels.
func value(t testing.TB, reg *prometheus.Registry, name string) float64 {
	t.Helper()
	families, err := reg.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range families {
		if f.GetName() == name {
			return f.GetMetric()[0].GetCounter().GetValue() + f.GetMetric()[0].GetGauge().GetValue()
		}
	}
	t.Fatalf("no metric %s", name)
	return 0
}

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
