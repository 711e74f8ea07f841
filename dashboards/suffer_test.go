//go:build boards

package dashboards_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"pangea/chaos"
	"pangea/chaos/links"
	"pangea/gen"
	"pangea/gen/conflict"
	"pangea/gen/workload"
	"pangea/lab"
	"pangea/lab/stack"
	"pangea/lab/stack/stacktest"
)

// world is a stack of its own, with what is done to it.
type world struct {
	*chaos.World
	root string
}

// live starts it; it ends with the test.
func live(t *testing.T) *world {
	t.Helper()
	root := stacktest.BuiltRoot(t, "us", "eu", "ap")
	s, err := stack.Open(root)
	if err != nil {
		t.Fatal(err)
	}
	quiet := func(string, string) {}
	t.Cleanup(func() {
		if err := s.Clean(context.Background(), quiet); err != nil {
			t.Error(err)
		}
	})
	if _, err := s.Up(t.Context(), quiet); err != nil {
		t.Fatal(err)
	}
	return &world{root: root, World: &chaos.World{
		Topology: s.Topology(), Network: links.Open(s.Topology()), Processes: s, Progress: t.Output(),
	}}
}

// suffer puts all that boards are for into a minute: load of every class, conflicts, a cut
// that another region relays around, a killed region, and a look at the digests.
func (w *world) suffer(t *testing.T, s *server) {
	t.Helper()
	loading, stop := context.WithCancel(t.Context())
	defer stop()
	done := w.load(t, loading)
	w.batches(t)
	w.conflicts(t)
	w.during(t, w.fault(t, w.partition, "us", "eu"), func() { s.until(t, `sum(pangea_relay_entries_total) > 0`) })
	w.during(t, w.fault(t, w.Kill, "eu"), func() {
		s.until(t, `up{job="region"} == 0`)
		s.until(t, `sum(pangea_router_moves_total{kind="failover"}) > 0`)
	})
	s.until(t, `sum(pangea_router_return_seconds_count) > 0`)
	stop()
	<-done
	w.verify(t)
	s.until(t, `count(pangea_digest_vector) == 3`)
}

func (w *world) load(t *testing.T, ctx context.Context) <-chan *gen.Result {
	t.Helper()
	mix, err := workload.ParseMix(workload.DefaultMix + ",handle=10")
	if err != nil {
		t.Fatal(err)
	}
	load, err := gen.New(gen.Config{
		Workload: workload.Config{Seed: 1, Keys: 100_000, Zipf: 1.1, Mix: mix, Reads: 30},
		Rate:     100, Duration: 10 * time.Minute, // it is stopped before
		Places: gen.Routers(w.Topology),
	})
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan *gen.Result, 1)
	go func() { done <- load.Run(ctx) }()
	return done
}

func (w *world) batches(t *testing.T) {
	t.Helper()
	line := `{"op":"counter.incr","key":"batched","by":1}` + "\n"
	for _, r := range w.Topology.Regions {
		answer, err := http.Post("http://"+r.HTTP+"/batch", "application/x-ndjson", strings.NewReader(strings.Repeat(line, 100)))
		if err != nil {
			t.Fatal(err)
		}
		if answer.Body.Close(); answer.StatusCode != http.StatusOK {
			t.Fatalf("%s answers %s to a batch", r.Name, answer.Status)
		}
	}
}

func (w *world) conflicts(t *testing.T) {
	t.Helper()
	c, err := conflict.New(conflict.Config{
		Seed: 1, Class: workload.Profile, Pairs: 300, Rate: 50,
		Regions: gen.Regions(w.Topology),
	})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if fired := c.Fire(t.Context()); len(fired) != 300 {
		t.Fatalf("%d pairs were fired, want 300", len(fired))
	}
}

func (w *world) partition(words []string) (chaos.Fault, error) {
	return w.Partition(words, string(links.Refuse))
}

func (w *world) fault(t *testing.T, make func([]string) (chaos.Fault, error), words ...string) chaos.Fault {
	t.Helper()
	f, err := make(words)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// during does something while a fault lasts.
func (w *world) during(t *testing.T, f chaos.Fault, do func()) {
	t.Helper()
	if err := f.Inject(t.Context()); err != nil {
		t.Fatal(err)
	}
	do()
	if err := f.Heal(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// verify has every region compute its digest, at equal vectors.
func (w *world) verify(t *testing.T) {
	t.Helper()
	urls := map[string]string{}
	for _, r := range w.Topology.Regions {
		urls[r.Name] = "http://" + r.HTTP
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	if _, err := lab.Verify(ctx, urls, t.Output()); err != nil {
		t.Fatal(fmt.Errorf("verify: %w", err))
	}
}
