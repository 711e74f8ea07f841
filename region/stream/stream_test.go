package stream_test

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"go.uber.org/goleak"

	"pangea/crdt"
	"pangea/region"
	"pangea/region/stream"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var us = crdt.Origin{Region: "us", Epoch: 1}

func config(t testing.TB) stream.Config {
	return stream.Config{
		Region: "us", Listen: "127.0.0.1:0", Monitor: "127.0.0.1:0", StoreDir: filepath.Join(t.TempDir(), "nats"),
		StreamBytes: 64 << 20, Logger: slog.New(slog.DiscardHandler),
	}
}

func serve(t testing.TB, cfg stream.Config) *stream.Server {
	t.Helper()
	s, err := stream.Serve(cfg)
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

// records are entries from first to last of one log; size pads each.
func records(o crdt.Origin, first, last uint64, size int) []region.Record {
	var sum region.Checksum
	var out []region.Record
	for seq := uint64(1); seq <= last; seq++ {
		e := region.Entry{Origin: o, Seq: seq, FirstOrdinal: seq, Events: []region.Event{
			{Kind: region.ProfilePut, Key: "k", Value: strings.Repeat("x", size)},
		}}
		e.Encode(nil, sum)
		sum = e.Checksum
		if seq >= first {
			out = append(out, region.Record{Seq: seq, Payload: e.Payload})
		}
	}
	return out
}

// recreate makes an empty stream that peers may read.
func recreate(t testing.TB, l *stream.Log, first uint64) {
	t.Helper()
	if err := l.Recreate(t.Context(), first); err != nil {
		t.Fatal(err)
	}
	if err := l.Offer(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func publish(t testing.TB, l *stream.Log, rs []region.Record) {
	t.Helper()
	if err := l.Publish(t.Context(), rs); err != nil {
		t.Fatal(err)
	}
}

func dial(t testing.TB, address string, onReport func(region.Report)) *stream.Peer {
	t.Helper()
	p, err := stream.Dial(stream.PeerConfig{
		Self: "eu", Name: "us", Address: address, OnReport: onReport, Logger: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Close)
	return p
}

func TestServe_TakenPortIsOneClearError(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	for _, set := range []func(*stream.Config){
		func(c *stream.Config) { c.Listen = taken.Addr().String() },
		func(c *stream.Config) { c.Monitor = taken.Addr().String() },
	} {
		cfg := config(t)
		set(&cfg)
		begin := time.Now()
		s, err := stream.Serve(cfg)
		if err == nil {
			_ = s.Close()
			t.Fatal("a server started on a port that is taken")
		}
		if !strings.Contains(err.Error(), "address already in use") || !strings.Contains(err.Error(), taken.Addr().String()) {
			t.Errorf("error %q does not name the address", err)
		}
		if took := time.Since(begin); took > 10*time.Second {
			t.Errorf("it took %v", took)
		}
	}
}

func TestServe_RefusesAStoreInUse(t *testing.T) {
	cfg := config(t)
	s := serve(t, cfg)
	if _, err := stream.Serve(cfg); err == nil || !strings.Contains(err.Error(), "used by another process") {
		t.Fatalf("second server on one store: %v", err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	serve(t, cfg)
}

func TestServe_RefusesBadConfig(t *testing.T) {
	for _, set := range []func(*stream.Config){
		func(c *stream.Config) { c.Region = "" },
		func(c *stream.Config) { c.StoreDir = "" },
		func(c *stream.Config) { c.StreamBytes = 1 },
		func(c *stream.Config) { c.Listen = "nowhere" },
		func(c *stream.Config) { c.Monitor = "127.0.0.1:http" },
	} {
		cfg := config(t)
		set(&cfg)
		if s, err := stream.Serve(cfg); err == nil {
			_ = s.Close()
			t.Errorf("%+v was accepted", cfg)
		}
	}
}

func TestLog_SequenceIsSeqFromAnyFirst(t *testing.T) {
	l := openLog(t, serve(t, config(t)), us)
	tail, err := l.Tail(t.Context())
	if err != nil || tail.Damage == "" {
		t.Fatalf("tail of no stream: %+v, %v", tail, err)
	}
	for _, first := range []uint64{1, 1000} {
		recreate(t, l, first)
		rs := records(us, first, first+499, 10)
		publish(t, l, rs)
		tail, err := l.Tail(t.Context())
		want := stream.Tail{Origin: us, Last: rs[len(rs)-1], First: first, Next: first + 500}
		if d := cmp.Diff(want, tail); d != "" || err != nil {
			t.Fatalf("tail after %d: %v\n%s", first, err, d)
		}
		if err := l.Publish(t.Context(), rs[:1]); err == nil {
			t.Fatal("an entry was published twice")
		}
		if err := l.Publish(t.Context(), records(us, first+501, first+501, 1)); err == nil {
			t.Fatal("an entry was published over a gap")
		}
	}
}

// JetStream is still deleting the files of the last stream but one.
func TestLog_RecreateAgainAndAgain(t *testing.T) {
	cfg := config(t)
	l := openLog(t, serve(t, cfg), us)
	rs := records(us, 1, 2000, 500)
	for round := range 6 {
		if err := os.MkdirAll(filepath.Join(cfg.StoreDir, "jetstream", "$G", "streams", ".LOG_us", "msgs"), 0o750); err != nil {
			t.Fatal(err)
		}
		first := uint64(1 + round%2*1000)
		recreate(t, l, first)
		publish(t, l, rs[first-1:])
		tail, err := l.Tail(t.Context())
		if err != nil || tail.Damage != "" || tail.First != first || tail.Last.Seq != 2000 {
			t.Fatalf("round %d: a stream from %d on has %d to %d, damage %q, %v", round, first, tail.First, tail.Last.Seq, tail.Damage, err)
		}
	}
}

func TestLog_OldestGoFirstWhenFull(t *testing.T) {
	cfg := config(t)
	cfg.StreamBytes = 4 << 20
	s := serve(t, cfg)
	l := openLog(t, s, us)
	recreate(t, l, 1)
	publish(t, l, records(us, 1, 100, 100<<10))
	tail, err := l.Tail(t.Context())
	if err != nil || tail.Damage != "" || tail.Last.Seq != 100 {
		t.Fatalf("tail of a full stream: seq %d, %q, %v", tail.Last.Seq, tail.Damage, err)
	}
	p := dial(t, s.Address(), nil)
	<-p.Up()
	state, err := p.State(t.Context())
	if err != nil || state.First < 50 || state.Last != 100 {
		t.Fatalf("state of a full stream: %+v, %v", state, err)
	}
}

// Until a new stream is refilled its readers would find nothing there and show no lag.
func TestLog_IsMissingUntilItIsOffered(t *testing.T) {
	s := serve(t, config(t))
	l := openLog(t, s, us)
	p := dial(t, s.Address(), nil)
	<-p.Up()
	for range 2 {
		if err := l.Recreate(t.Context(), 1); err != nil {
			t.Fatal(err)
		}
		publish(t, l, records(us, 1, 3, 1))
		if state, err := p.State(t.Context()); !errors.Is(err, stream.ErrNoLog) {
			t.Fatalf("state of a stream that is refilled: %+v, %v", state, err)
		}
		if tail, err := l.Tail(t.Context()); err != nil || !tail.Refill || tail.Damage != "" {
			t.Fatalf("tail of a stream that is refilled: %+v, %v", tail, err)
		}
		for range 2 {
			if err := l.Offer(t.Context()); err != nil {
				t.Fatal(err)
			}
			if state, err := p.State(t.Context()); err != nil || state.Last != 3 {
				t.Fatalf("state of a stream that is offered: %+v, %v", state, err)
			}
		}
	}
}

// A person's tools speak the same API over TCP.
func TestServer_AnswersAnOrdinaryClient(t *testing.T) {
	s := serve(t, config(t))
	l := openLog(t, s, us)
	recreate(t, l, 1)
	publish(t, l, records(us, 1, 3, 1))
	nc, err := nats.Connect("nats://" + s.Address())
	if err != nil {
		t.Fatal(err)
	}
	defer nc.Close()
	js, err := jetstream.New(nc)
	if err != nil {
		t.Fatal(err)
	}
	names := js.StreamNames(t.Context())
	if name := <-names.Name(); name != "LOG_us" {
		t.Fatalf("stream names: %q, %v", name, names.Err())
	}
	for range names.Name() { // the lister ends with its channel
	}
	st, err := js.Stream(t.Context(), "LOG_us")
	if err != nil || st.CachedInfo().State.Msgs != 3 {
		t.Fatalf("stream info: %v", err)
	}
}

func TestPeer_ReportArrivesWhole(t *testing.T) {
	s := serve(t, config(t))
	got := make(chan region.Report, 1)
	p := dial(t, s.Address(), func(r region.Report) {
		select {
		case got <- r:
		default:
		}
	})
	<-p.Up()
	eu := crdt.Origin{Region: "eu", Epoch: 2}
	at := time.Date(2026, 1, 2, 3, 4, 5, 6000, time.UTC)
	want := region.Report{
		Origin: us, Head: region.Head{Seq: 7, Ordinal: 70, Checksum: region.Checksum{1, 2, 255}},
		Stored: crdt.Vector{us: 7, eu: 3}, Applied: crdt.Vector{us: 7, eu: 3}, Ordinals: crdt.Vector{us: 70}, Floors: crdt.Vector{us: 2},
		Ready: true, Needs: true, Unproven: true, Salvaging: true, SentAt: at, Echoes: map[string]region.Echo{"eu": {SentAt: at, ReceivedAt: at.Add(time.Second)}},
	}
	for { // the subscription may arrive after the first ones
		if err := s.PublishReport(want); err != nil {
			t.Fatal(err)
		}
		select {
		case r := <-got:
			if d := cmp.Diff(want, r); d != "" {
				t.Fatal(d)
			}
			return
		case <-time.After(10 * time.Millisecond):
		}
	}
}

func TestSession_GoesBackToThePositionWhateverWasAcknowledged(t *testing.T) {
	s := serve(t, config(t))
	l := openLog(t, s, us)
	recreate(t, l, 1)
	publish(t, l, records(us, 1, 100, 1))
	p := dial(t, s.Address(), nil)
	<-p.Up()
	read(t, p, 0, 100)
	read(t, p, 40, 100)
	read(t, p, 99, 100)
}

// read reads one session to the end of the stream and acknowledges all of it.
func read(t *testing.T, p *stream.Peer, after, upTo uint64) {
	t.Helper()
	state, err := p.State(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	sess, err := p.Open(t.Context(), state, after)
	if err != nil {
		t.Fatal(err)
	}
	defer sess.Close()
	for want := after + 1; want <= upTo; want++ {
		m, _, err := sess.Next(10 * time.Second)
		if err != nil || m.Seq != want {
			t.Fatalf("after %d: got %d, want %d, %v", after, m.Seq, want, err)
		}
		if want == upTo {
			if err := sess.Ack(m); err != nil {
				t.Fatal(err)
			}
		}
	}
	if _, ok, err := sess.Next(time.Millisecond); ok || err != nil {
		t.Fatalf("more than there is: %v", err)
	}
}

func TestSession_EndsWithItsReason(t *testing.T) {
	s := serve(t, config(t))
	l := openLog(t, s, us)
	p := dial(t, s.Address(), nil)
	<-p.Up()
	if _, err := p.State(t.Context()); err != stream.ErrNoLog {
		t.Fatalf("state of no stream: %v", err)
	}
	open := func(ctx context.Context) *stream.Session {
		t.Helper()
		recreate(t, l, 5)
		state, err := p.State(t.Context())
		if want := (stream.State{Origin: us, First: 5, Last: 4}); err != nil || state != want {
			t.Fatalf("state of an empty stream: %+v, %v", state, err)
		}
		if _, err := p.Open(ctx, state, 5); err == nil || !strings.Contains(err.Error(), "ends before") {
			t.Fatalf("opened beyond the end: %v", err)
		}
		sess, err := p.Open(ctx, state, 4)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(sess.Close)
		return sess
	}

	sess := open(t.Context())
	recreate(t, l, 5)
	if _, _, err := sess.Next(time.Minute); err != stream.ErrDeleted && err != stream.ErrHeartbeat {
		t.Errorf("after the stream was recreated: %v", err)
	}

	ctx, cancel := context.WithCancel(t.Context())
	sess = open(ctx)
	cancel()
	if _, _, err := sess.Next(time.Minute); !errors.Is(err, context.Canceled) {
		t.Errorf("after its context ended: %v", err)
	}

	sess = open(t.Context())
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if _, _, err := sess.Next(time.Minute); err != stream.ErrLinkLost {
		t.Errorf("after the server ended: %v", err)
	}
}
