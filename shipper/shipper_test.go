package shipper_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
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

// refill is how many entries a rebuilt stream begins with.
const refill = 2000

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
	r := create(t, time.Hour)
	r.run(t, shipper.Log{Origin: origin, Outbox: o, Stream: s})
	return r
}

// create makes a shipper that does not run yet.
func create(t testing.TB, checkEvery time.Duration) *running {
	t.Helper()
	r := &running{commits: make(chan region.Record, 64), reg: prometheus.NewRegistry(), log: &bytes.Buffer{}}
	var err error
	r.Shipper, err = shipper.New(shipper.Config{
		RefillEntries: refill, CheckEvery: checkEvery, RetryMin: time.Millisecond, RetryMax: 10 * time.Millisecond,
		Logger: slog.New(slog.NewTextHandler(r.log, nil)),
	}, r.commits, r.reg)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// run ships log until stop.
func (r *running) run(t testing.TB, log shipper.Log) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	var ended sync.WaitGroup
	ended.Go(func() {
		if err := r.Run(ctx, log); err != nil {
			t.Errorf("Run: %v", err)
		}
	})
	r.stop = func() {
		cancel()
		ended.Wait()
	}
	t.Cleanup(r.stop)
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

// awaitStream waits until the stream is offered and ends in seq, then checks I2 and I3: from first
// on, each entry is there once, at its seq, as the outbox has it.
func awaitStream(t testing.TB, l *stream.Log, o *outbox, first, seq uint64) {
	t.Helper()
	eventually(t, fmt.Sprintf("the stream ends in entry %d", seq), func() bool {
		tail, err := l.Tail(context.Background())
		return err == nil && tail.Damage == "" && !tail.Refill && tail.Last.Seq == seq && tail.Next == seq+1
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

func TestShipper_RefusesWhatCannotWork(t *testing.T) {
	if _, err := shipper.New(shipper.Config{}, make(chan region.Record), nil); err == nil {
		t.Error("an unbuffered channel was accepted")
	}
	s := create(t, time.Hour)
	if err := s.Run(t.Context(), shipper.Log{}); err == nil {
		t.Error("no origin was accepted")
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
