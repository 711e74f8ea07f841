package shipper_test

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"
	"time"

	"pangea/crdt"
	"pangea/region/stream"
	"pangea/shipper"
)

// The region goes on under a new epoch: its log begins anew, in a new stream, and
// readers follow.
func TestShipper_GoesOnWithTheNextEpoch(t *testing.T) {
	srv := serve(t, t.TempDir())
	first, second := openLog(t, srv, us), crdt.Origin{Region: "us", Epoch: 2}
	old := newOutbox(us)
	old.commit(30)
	s := create(t, time.Hour)
	s.run(t, shipper.Log{Origin: us, Outbox: old, Stream: first})
	awaitStream(t, first, old, 1, 30)
	s.stop()

	l, o := openLog(t, srv, second), newOutbox(second)
	o.commit(2)
	s.commits <- old.records(3, 3)[0] // the writer had sent it before it began the epoch
	s.run(t, shipper.Log{Origin: second, Outbox: o, Stream: l})
	awaitStream(t, l, o, 1, 2)
	s.commits <- o.commit(1)[0]
	awaitStream(t, l, o, 1, 3)
	readAs(t, srv, second, o)
	s.stop()
	if !strings.Contains(s.log.String(), "holds epoch 1, not 2") {
		t.Errorf("log does not say why the stream was replaced:\n%s", s.log)
	}
}

// readAs reads the stream as a peer does, and expects to find a whole log.
func readAs(t *testing.T, srv *stream.Server, origin crdt.Origin, o *outbox) {
	t.Helper()
	p, err := stream.Dial(stream.PeerConfig{Self: "eu", Name: "us", Address: srv.Address(), Logger: slog.New(slog.DiscardHandler)})
	check(t, err)
	defer p.Close()
	<-p.Up()
	state, err := p.State(t.Context())
	if want := (stream.State{Origin: origin, First: 1, Last: o.head()}); err != nil || state != want {
		t.Fatalf("a reader finds %+v, want %+v (%v)", state, want, err)
	}
	session, err := p.Open(t.Context(), state, 0)
	check(t, err)
	defer session.Close()
	for seq := uint64(1); seq <= o.head(); seq++ {
		m, ok, err := session.Next(10 * time.Second)
		if err != nil || !ok || m.Seq != seq || !bytes.Equal(m.Payload, o.payload(seq)) {
			t.Fatalf("a reader gets %d instead of %d: %v", m.Seq, seq, err)
		}
	}
}
