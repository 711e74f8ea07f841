package node_test

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"pangea/chaos/links"
	"pangea/lab/logtest"
	"pangea/region"
	"pangea/region/node"
	"pangea/region/regiontest"
	"pangea/region/topology"
)

// mediumStream makes JetStream use blocks of 4 MiB.
const mediumStream = 30 << 20

// bigWrites is how many writes, of 60 KiB each, ap lacks: more than two blocks. They come
// in bigEntries at least.
const bigWrites, bigEntries = 180, bigWrites * 60 << 10 / region.MaxEntry

// standstill is how long a region that is not concerned may wait: its reader asks for
// the log each 500 ms, by way of the stream or without.
const standstill = 5 * time.Second

// harm is done to the stream of us, and the cause is what us calls it.
type harm struct {
	name  string
	do    func(*testing.T, *regiontest.World)
	cause string
}

// The stream of us is harmed while us is stopped, and ap lacks most of what was in it.
// Whatever the harm, ap completes and no other region waits; one line and one metric
// tell of it, and nothing shows that ap lacks nothing while it does.
func TestStream_HarmedWhileStopped(t *testing.T) {
	t.Parallel()
	s := newStreamWorld(t, mediumStream)
	for _, h := range []harm{
		{"directory deleted", deleteDirectory, "absent"},
		{"blocks deleted", func(t *testing.T, w *regiontest.World) { removeAll(t, w.Blocks(t, "us")...) }, "emptied"},
		{"end cut off", harmBlock(last, func(b []byte) []byte { return b[:len(b)/2] }), "damaged"},
		{"bit flipped at end", harmBlock(last, flip), "damaged"},
		{"rolled back", rollBack, "rolled_back"},
		{"bit flipped within", harmBlock(within, flip), "damaged"},
	} {
		s.suffer(t, h, func(t *testing.T) {
			s.w.Stop(t, "us")
			h.do(t, s.w)
			s.w.HealAll(t)
			s.w.Start(t, "us")
			s.watch(t, 4*time.Second)
		})
	}
}

// The same under a running us, which ap reads again only later.
func TestStream_HarmedWhileRunning(t *testing.T) {
	t.Parallel()
	s := newStreamWorld(t, mediumStream)
	for _, h := range []harm{
		{"deleted", func(t *testing.T, w *regiontest.World) { w.DeleteStream(t, "us") }, "absent"},
		{"directory deleted", deleteDirectory, "damaged"},
		{"bit flipped within", harmBlock(within, flip), "damaged"},
	} {
		s.suffer(t, h, func(t *testing.T) {
			s.watch(t, 12*time.Second) // JetStream keeps what it has read for 10 s
			h.do(t, s.w)
			s.watch(t, 4*time.Second)
			s.w.HealAll(t)
			s.watch(t, 4*time.Second)
		})
	}
}

// The stream of us is too small for what ap lacks. That is no flaw: ap reads what went
// from it at /log, and us does not say a word.
func TestStream_FullWhileAPeerIsAway(t *testing.T) {
	t.Parallel()
	s := newStreamWorld(t, 4*region.MaxEntry)
	stop := s.leaveBehind(t)
	s.watch(t, 6*time.Second) // longer than between two checks
	s.w.HealAll(t)
	s.watch(t, 4*time.Second)
	stop()
	s.w.WaitConverged(t)
	s.books.check(t, s.w)
	if n := s.w.Metric(t, "ap", `pangea_applier_log_read_entries_total{peer="us"}`); n < bigEntries/2 {
		t.Errorf("ap has read %v entries of us at /log", n)
	}
	if lines := ownLines(s.journal); len(lines) > 0 {
		t.Errorf("us says:\n%s", strings.Join(lines, "\n"))
	}
}

// A purge would show no lag of a reader that lacks what was purged.
func TestStream_CannotBePurged(t *testing.T) {
	t.Parallel()
	w := regiontest.New(t, regiontest.Options{Regions: []string{"us", "eu"}})
	if err := w.PurgeStream(t, "us"); err == nil {
		t.Error("the stream of us was purged")
	}
}

// streamWorld is one whose us tells a journal what happens to its stream.
type streamWorld struct {
	w       *regiontest.World
	books   *books
	journal *logtest.Log
}

func newStreamWorld(t *testing.T, streamBytes int64) *streamWorld {
	s := &streamWorld{journal: &logtest.Log{}, books: newBooks()}
	s.w = regiontest.New(t, regiontest.Options{Change: func(c *node.Config) {
		limit(c, func(r *topology.Retention) { r.StreamBytes = streamBytes })
		if c.Region == "us" {
			c.Logger = slog.New(slog.NewTextHandler(s.journal, &slog.HandlerOptions{Level: slog.LevelWarn}))
		}
	}})
	return s
}

// leaveBehind cuts ap off from us, which then writes much, and notes that eu has it.
// Everybody writes a little all the time, until stop.
func (s *streamWorld) leaveBehind(t *testing.T) (stop func()) {
	t.Helper()
	var clients []func(context.Context)
	for _, name := range s.w.Names() {
		clients = append(clients, func(ctx context.Context) {
			every(ctx, 50*time.Millisecond, func() { s.books.send(t, s.w, name, incr("a")) })
		})
	}
	stop = background(t, clients...)
	regiontest.Eventually(t, regiontest.Patience, func() string { return beyond(t, s.w, 50) })
	s.w.Cut(t, "us", "ap", links.BothWays, links.Refuse)
	line := `{"op":"profile.put","key":"big%d","value":"` + strings.Repeat("x", 60<<10) + `"}` + "\n"
	const batch = bigWrites / 10 // an entry, or two
	for from := 0; from < bigWrites; from += batch {
		var lines strings.Builder
		for i := range batch {
			fmt.Fprintf(&lines, line, from+i)
		}
		s.w.Puts(t, "us", lines.String())
	}
	head := s.w.Status(t, "us").Head.Seq
	regiontest.Eventually(t, regiontest.Patience, func() string {
		noted := s.w.Number(t, "us", `select coalesce(substring(stored from 'us=(\d+)')::bigint, 0) from peer where region = 'eu'`)
		if uint64(noted) < head {
			return fmt.Sprintf("us has noted that eu has %d of %d entries", noted, head)
		}
		return ""
	})
	return stop
}

// suffer leaves ap behind, goes through a harm, and checks that all is well again and what
// us told of it. What follows a failure would tell nothing.
func (s *streamWorld) suffer(t *testing.T, h harm, through func(*testing.T)) {
	rebuilds := `pangea_shipper_rebuilds_total{cause="` + h.cause + `"}`
	ok := t.Run(h.name, func(t *testing.T) {
		s.journal.Clear()
		stop := s.leaveBehind(t)
		since, before := s.w.Status(t, "us").Since, s.w.Metric(t, "us", rebuilds)
		through(t)
		stop()
		s.w.WaitConverged(t)
		s.books.check(t, s.w)
		if s.w.Status(t, "us").Since != since {
			before = 0 // it counts from its start
		}
		if n := s.w.Metric(t, "us", rebuilds) - before; n != 1 {
			t.Errorf("%v streams were rebuilt because they were %s, want 1", n, h.cause)
		}
		if lines := ownLines(s.journal); len(lines) != 1 || !strings.Contains(lines[0], "rebuilding the stream") {
			t.Errorf("us says in %d lines, not 1, what happened:\n%s", len(lines), strings.Join(lines, "\n"))
		} else {
			t.Log(lines[0])
		}
	})
	if !ok {
		t.FailNow()
	}
}

// watch fails the test if eu stands still, or if nats or /status shows that ap
// lacks nothing of us while it does.
func (s *streamWorld) watch(t *testing.T, d time.Duration) {
	t.Helper()
	moved, at := time.Now(), 0.0
	regiontest.Throughout(t, d, func() string {
		if got := s.w.Metric(t, "eu", `pangea_log_applied_entries{origin="us"}`); got != at {
			moved, at = time.Now(), got
		}
		if still := time.Since(moved); still > standstill {
			return fmt.Sprintf("eu has stood still for %s at entry %v of us", still, at)
		}
		return s.lie(t)
	})
}

// lie describes what shows no lag of ap while entries are missing there.
func (s *streamWorld) lie(t *testing.T) string {
	head := s.w.Status(t, "us").Head.Seq
	unread, shown := s.w.Unread(t, "us", "ap")
	lag := s.w.Status(t, "ap").Lag["us"].Entries
	stored := uint64(s.w.Metric(t, "ap", `pangea_log_stored_entries{origin="us"}`))
	const underWay = 50 // entries, whose publishing or report is
	if stored+underWay >= head {
		return ""
	}
	if shown && unread == 0 {
		return fmt.Sprintf("nats shows no lag of ap, which stores %d of %d entries of us", stored, head)
	}
	if lag == 0 {
		return fmt.Sprintf("the status of ap shows no lag, and it stores %d of %d entries of us", stored, head)
	}
	return ""
}

// ownLines are those of a log that are the region's word, and not its NATS server's.
func ownLines(log *logtest.Log) []string {
	return slices.DeleteFunc(log.With(), func(line string) bool { return strings.Contains(line, "part=nats-server") })
}

func deleteDirectory(t *testing.T, w *regiontest.World) {
	t.Helper()
	removeAll(t, filepath.Join(w.StoreDir("us"), "jetstream"))
}

// removeAll tries again where JetStream has made a file meanwhile.
func removeAll(t *testing.T, paths ...string) {
	t.Helper()
	for _, path := range paths {
		regiontest.Eventually(t, regiontest.Patience, func() string {
			if err := os.RemoveAll(path); err != nil {
				return err.Error()
			}
			return ""
		})
	}
}

// harmBlock changes a file of the stream of us.
func harmBlock(choose func(blocks []string) string, change func([]byte) []byte) func(*testing.T, *regiontest.World) {
	return func(t *testing.T, w *regiontest.World) {
		t.Helper()
		path := choose(w.Blocks(t, "us"))
		content, err := os.ReadFile(path)
		if err == nil {
			err = os.WriteFile(path, change(content), 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

// rollBack makes JetStream forget the end of the stream of us: without its index it
// takes a block for as long as it can read it.
func rollBack(t *testing.T, w *regiontest.World) {
	blocks := w.Blocks(t, "us")
	harmBlock(last, flip)(t, w)
	removeAll(t, filepath.Join(filepath.Dir(blocks[0]), "index.db"))
}

func last(blocks []string) string { return blocks[len(blocks)-1] }

// within is a block that is full of what ap lacks.
func within(blocks []string) string { return blocks[len(blocks)-2] }

func flip(b []byte) []byte {
	b[len(b)/2] ^= 1
	return b
}
