package stream_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"pangea/crdt"
	"pangea/region"
	"pangea/region/stream"
)

// The tests of damage write to the file that JetStream keeps the stream in.
func TestLog_TailTellsDamage(t *testing.T) {
	for name, harm := range map[string]func(t *testing.T, blocks, index string){
		"a flipped bit": func(t *testing.T, blocks, _ string) {
			edit(t, blocks, func(b []byte) []byte { b[len(b)/2] ^= 1; return b })
		},
		"a flipped bit, no index": func(t *testing.T, blocks, index string) {
			edit(t, blocks, func(b []byte) []byte { b[len(b)/2] ^= 1; return b })
			remove(t, index)
		},
		"a truncated block": func(t *testing.T, blocks, _ string) {
			edit(t, blocks, func(b []byte) []byte { return b[:len(b)/2] })
		},
		"no block": func(t *testing.T, blocks, _ string) { remove(t, blocks) },
	} {
		t.Run(name, func(t *testing.T) {
			cfg := config(t)
			s := serve(t, cfg)
			l := openLog(t, s, us)
			recreate(t, l, 1)
			publish(t, l, records(us, 1, 1000, 100))
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			dir := filepath.Join(cfg.StoreDir, "jetstream", "$G", "streams", "LOG_us", "msgs")
			blocks, err := filepath.Glob(filepath.Join(dir, "*.blk"))
			if err != nil || len(blocks) == 0 {
				t.Fatalf("blocks in %s: %v, %v", dir, blocks, err)
			}
			harm(t, blocks[len(blocks)-1], filepath.Join(dir, "index.db"))
			l = openLog(t, serve(t, cfg), us)
			tail, err := l.Tail(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			unreadable := 0
			for seq := uint64(1); seq <= 1000; seq++ {
				r, err := l.Read(t.Context(), seq)
				if err != nil {
					t.Fatal(err)
				}
				if r.Seq != seq {
					unreadable++
				}
			}
			if got := collect(t, l, 1); len(got) != 1000-unreadable {
				t.Errorf("Records has %d of the %d that can be read", len(got), 1000-unreadable)
			}
			t.Logf("last readable %d, next %d, damage %q, %d unreadable", tail.Last.Seq, tail.Next, tail.Damage, unreadable)
			if unreadable == 0 {
				t.Fatal("nothing was harmed")
			}
			// A single message that went bad shows in nothing but the reading of it.
			if tail.Damage == "" && tail.Next == 1001 && tail.Last.Seq == 1000 && unreadable != 1 {
				t.Error("a damaged stream passes for a whole one")
			}
		})
	}
}

func edit(t *testing.T, path string, change func([]byte) []byte) {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, change(b), 0o600); err != nil {
		t.Fatal(err)
	}
}

func remove(t *testing.T, path string) {
	t.Helper()
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
}

// A stream of another epoch cannot be continued, but can be read: it may hold what the
// database no longer does.
func TestLog_OtherEpochIsDamageThatCanBeRead(t *testing.T) {
	s := serve(t, config(t))
	rs := records(us, 1, 300, 10)
	l := openLog(t, s, us)
	recreate(t, l, 1)
	publish(t, l, rs)
	next := openLog(t, s, crdt.Origin{Region: "us", Epoch: 2})
	tail, err := next.Tail(t.Context())
	if err != nil || !strings.Contains(tail.Damage, "epoch 1, not 2") || tail.Origin != us || tail.Last.Seq != 300 {
		t.Fatalf("tail for epoch 2: %+v, %v", tail, err)
	}
	if d := cmp.Diff(rs[99:], collect(t, next, 100)); d != "" {
		t.Fatal(d)
	}
}

func TestLog_RecordsOfNoStream(t *testing.T) {
	if got := collect(t, openLog(t, serve(t, config(t)), us), 1); got != nil {
		t.Fatalf("got %v", got)
	}
}

func collect(t *testing.T, l *stream.Log, from uint64) (got []region.Record) {
	t.Helper()
	for r, err := range l.Records(t.Context(), from) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, r)
	}
	return got
}

func TestLog_TailTellsThatItsFilesAreGone(t *testing.T) {
	cfg := config(t)
	l := openLog(t, serve(t, cfg), us)
	recreate(t, l, 1)
	rs := records(us, 1, 20, 10)
	publish(t, l, rs[:10])
	if tail, err := l.Tail(t.Context()); err != nil || tail.Damage != "" {
		t.Fatalf("tail of a whole stream: %+v, %v", tail, err)
	}
	if err := os.RemoveAll(cfg.StoreDir); err != nil {
		t.Fatal(err)
	}
	if tail, err := l.Tail(t.Context()); err != nil || !strings.Contains(tail.Damage, "is gone") {
		t.Fatalf("tail without files: %+v, %v", tail, err)
	}
	recreate(t, l, 11)
	publish(t, l, rs[10:])
	if tail, err := l.Tail(t.Context()); err != nil || tail.Damage != "" || tail.Last.Seq != 20 {
		t.Fatalf("tail of a new stream: %+v, %v", tail, err)
	}
}
