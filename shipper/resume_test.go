package shipper_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"pangea/crdt"
	"pangea/region"
	"pangea/region/stream"
	"pangea/shipper"
)

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
	srv := serve(t, t.TempDir())
	l := openLog(t, srv, us)
	o := newOutbox(us)
	o.commit(10)
	s := start(t, o, l, us)
	awaitStream(t, l, o, 1, 10)
	check(t, openLog(t, srv, crdt.Origin{Region: "us", Epoch: 9}).Recreate(t.Context(), 3))
	s.commits <- o.commit(1)[0]
	awaitStream(t, l, o, 1, 11)
	s.stop()
	if n := strings.Count(s.log.String(), "level=WARN"); n != 2 { // there was none at the start
		t.Errorf("%d warnings, want 2:\n%s", n, s.log)
	}
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

// Nothing is published, and no peer complains.
func TestShipper_FindsThatTheStreamIsGone(t *testing.T) {
	dir := t.TempDir()
	l := openLog(t, serve(t, dir), us)
	o := newOutbox(us)
	o.commit(10)
	s := create(t, 10*time.Millisecond)
	s.run(t, shipper.Log{Origin: us, Outbox: o, Stream: l})
	awaitStream(t, l, o, 1, 10)
	check(t, os.RemoveAll(filepath.Join(dir, "jetstream")))
	eventually(t, "its files are there again", func() bool {
		tail, err := l.Tail(context.Background())
		return err == nil && tail.Damage == ""
	})
	awaitStream(t, l, o, 1, 10)
	s.stop()
}

// What became of the stream since the last look shows in no publish.
func TestShipper_LooksAtTheStreamAgainAndAgain(t *testing.T) {
	for name, c := range map[string]struct {
		harm  func(t *testing.T, l *stream.Log, o *outbox)
		first uint64 // of the rebuilt stream
		why   string
	}{
		"emptied": {func(t *testing.T, l *stream.Log, _ *outbox) {
			check(t, l.Recreate(t.Context(), 101))
			check(t, l.Offer(t.Context()))
		}, 1, "it is empty and waits for entry 101"},
		"emptied, and nobody needs it": {func(t *testing.T, l *stream.Log, o *outbox) {
			o.trim(101)
			check(t, l.Recreate(t.Context(), 101))
			check(t, l.Offer(t.Context()))
		}, 101, ""},
		"rolled back": {func(t *testing.T, l *stream.Log, o *outbox) {
			o.want(91)
			check(t, l.Recreate(t.Context(), 1))
			check(t, l.Publish(t.Context(), o.records(1, 80)))
			check(t, l.Offer(t.Context()))
		}, 1, "it ends with entry 80, and a peer has stored 90"},
		"wrong where a peer reads": {func(t *testing.T, l *stream.Log, o *outbox) {
			o.want(50)
			check(t, l.Recreate(t.Context(), 1))
			check(t, l.Publish(t.Context(), o.records(1, 49)))
			check(t, l.Publish(t.Context(), otherHistory().commit(50)[49:]))
			check(t, l.Publish(t.Context(), o.records(51, 100)))
			check(t, l.Offer(t.Context()))
		}, 1, "its entry 50 has checksum"},
	} {
		t.Run(name, func(t *testing.T) {
			l := openLog(t, serve(t, t.TempDir()), us)
			o := newOutbox(us)
			o.commit(100)
			c.harm(t, l, o)
			s := create(t, 10*time.Millisecond)
			s.run(t, shipper.Log{Origin: us, Outbox: o, Stream: l})
			o.commit(1)
			s.commits <- region.Record{}
			awaitStream(t, l, o, c.first, 101)
			s.stop()
			if want := min(len(c.why), 1); strings.Count(s.log.String(), "level=WARN") != want || !strings.Contains(s.log.String(), c.why) {
				t.Errorf("want %d warnings, %q:\n%s", want, c.why, s.log)
			}
		})
	}
}

// Readers of the last entries wait for a rebuilt stream: it does not begin with the
// first that some peer lacks.
func TestShipper_RefillIsBounded(t *testing.T) {
	l := openLog(t, serve(t, t.TempDir()), us)
	o := newOutbox(us)
	o.commit(2*refill + 500)
	s := start(t, o, l, us)
	awaitStream(t, l, o, refill+501, o.head())
	if tail, err := l.Tail(t.Context()); err != nil || tail.First != refill+501 || tail.Refill {
		t.Errorf("the stream begins with %d, want %d (%v)", tail.First, refill+501, err)
	}
	s.stop()
}

// Peers do not see a stream that is not refilled yet, even if its shipper was killed.
func TestShipper_OffersWhatItHasRefilled(t *testing.T) {
	l := openLog(t, serve(t, t.TempDir()), us)
	o := newOutbox(us)
	check(t, l.Recreate(t.Context(), 1))
	check(t, l.Publish(t.Context(), o.commit(10)))
	o.commit(90)
	o.want(31) // from /log, meanwhile
	s := start(t, o, l, us)
	eventually(t, "the stream is offered", func() bool {
		tail, err := l.Tail(context.Background())
		return err == nil && !tail.Refill && tail.Last.Seq == 100
	})
	s.stop()
	if s.log.Len() > 0 {
		t.Errorf("the refill did not go on:\n%s", s.log)
	}
}
