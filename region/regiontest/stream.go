package regiontest

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// Redeliver has a region's stream begin anew for one of its readers, whose session
// goes on: it gets again what it has stored. A reader, or a stream, that is being made
// anew just now is left alone.
func (w *World) Redeliver(t testing.TB, from, to string) {
	t.Helper()
	w.onStream(t, from, func(ctx context.Context, js jetstream.JetStream) error {
		_, err := js.ResetConsumerToSequence(ctx, "LOG_"+from, to, 1)
		for _, notNow := range []error{jetstream.ErrConsumerNotFound, jetstream.ErrStreamNotFound, context.DeadlineExceeded} {
			if errors.Is(err, notNow) {
				return nil
			}
		}
		return err
	})
}

// DropConsumer ends a reader's session of a region's stream.
func (w *World) DropConsumer(t testing.TB, from, to string) {
	t.Helper()
	w.onStream(t, from, func(ctx context.Context, js jetstream.JetStream) error {
		return js.DeleteConsumer(ctx, "LOG_"+from, to)
	})
}

// onStream works on a region's JetStream as an operator would, beside its links.
func (w *World) onStream(t testing.TB, name string, do func(context.Context, jetstream.JetStream) error) {
	t.Helper()
	r, err := w.Topology.Region(name)
	if err != nil {
		t.Fatal(err)
	}
	conn, err := nats.Connect("nats://" + r.NATS)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	js, err := jetstream.New(conn)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
	defer cancel()
	if err := do(ctx, js); err != nil {
		t.Fatalf("change the stream of %s: %v", name, err)
	}
}
