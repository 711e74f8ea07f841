package regiontest

import (
	"cmp"
	"context"
	"errors"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"pangea/region/topology"
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

// DeleteStream takes a region's stream away while it runs.
func (w *World) DeleteStream(t testing.TB, name string) {
	t.Helper()
	w.onStream(t, name, func(ctx context.Context, js jetstream.JetStream) error {
		return js.DeleteStream(ctx, "LOG_"+name)
	})
}

// PurgeStream asks JetStream to empty a region's stream, and returns its answer.
func (w *World) PurgeStream(t testing.TB, name string) (answer error) {
	t.Helper()
	w.onStream(t, name, func(ctx context.Context, js jetstream.JetStream) error {
		s, err := js.Stream(ctx, "LOG_"+name)
		if err != nil {
			return err
		}
		answer = s.Purge(ctx)
		return nil
	})
	return answer
}

// Unread is what `nats consumer report` shows to be missing at a reader of a region's
// stream; false if it shows no such reader.
func (w *World) Unread(t testing.TB, from, to string) (entries uint64, ok bool) {
	t.Helper()
	w.onStream(t, from, func(ctx context.Context, js jetstream.JetStream) error {
		c, err := js.Consumer(ctx, "LOG_"+from, to)
		if errors.Is(err, jetstream.ErrConsumerNotFound) || errors.Is(err, jetstream.ErrStreamNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		info := c.CachedInfo()
		entries, ok = info.NumPending+uint64(info.NumAckPending), true
		return nil
	})
	return entries, ok
}

// StoreDir is the directory of a region's stream.
func (w *World) StoreDir(name string) string { return w.Config(name).StoreDir }

// Blocks are the files that JetStream keeps a region's stream in, the oldest first.
func (w *World) Blocks(t testing.TB, name string) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(w.StoreDir(name), "jetstream/$G/streams/LOG_"+name+"/msgs/*.blk"))
	if err != nil {
		t.Fatal(err)
	}
	slices.SortFunc(files, func(a, b string) int { return cmp.Or(cmp.Compare(len(a), len(b)), cmp.Compare(a, b)) })
	return files
}

// onStream works on a region's JetStream as an operator would, beside its links.
func (w *World) onStream(t testing.TB, name string, do func(context.Context, jetstream.JetStream) error) {
	t.Helper()
	conn, err := nats.Connect(w.Topology.Address(name, name, topology.NATS))
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
