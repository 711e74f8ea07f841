package audit_test

import (
	"context"
	"io"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"pangea/chaos"
	"pangea/chaos/links"
	"pangea/gen"
	"pangea/gen/audit"
	"pangea/gen/client"
	"pangea/gen/history"
	"pangea/gen/measure"
	"pangea/gen/workload"
	"pangea/lab/stack"
	"pangea/lab/stack/stacktest"
)

// A real stack under load of clients that hop: a cut, then the death of a region, and
// nothing that they were told is contradicted.
func TestAudit_FindsNothingAfterACutAndAKill(t *testing.T) {
	s := start(t)
	world := &chaos.World{Topology: s.Topology(), Network: links.Open(s.Topology()), Processes: s, Progress: io.Discard}
	dir := filepath.Join(t.TempDir(), "run")
	load, err := gen.New(loadOf(t, s))
	if err != nil {
		t.Fatal(err)
	}
	faults := make(chan error, 1)
	go func() { faults <- harm(t.Context(), world) }()
	result, err := load.Record(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	result.Print(t.Output())
	if err := <-faults; err != nil {
		t.Fatal(err)
	}
	h, err := history.Read(dir)
	if err != nil {
		t.Fatal(err)
	}
	report, err := judge(t, s, h, time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	if report.Violated() > 0 {
		t.Error("the regions contradict what clients were told")
	}
	for _, p := range report.Properties {
		if p.Checked == 0 {
			t.Errorf("%s: nothing was checked", p.Name)
		}
	}
	refuses(t, s, world, h)
	findsOneMore(t, s, h)
}

// refuses: nothing is decided about regions that are not equal yet, or by a history of
// another stack.
func refuses(t *testing.T, s *stack.Stack, world *chaos.World, h *history.History) {
	t.Helper()
	other := *h
	other.Run = "another"
	if _, err := judge(t, s, &other, 0); err == nil || !strings.Contains(err.Error(), "not of this stack") {
		t.Errorf("a history of another run: got %v, want that said", err)
	}
	other = *h
	other.Prefix = "elsewhere-"
	if _, err := judge(t, s, &other, 0); err == nil || !strings.Contains(err.Error(), "emptied since") {
		t.Errorf("a history of another stack: got %v, want that said", err)
	}
	for _, pair := range [][]string{{"us", "ap"}, {"eu", "ap"}} {
		cut, err := world.Partition(pair, string(links.Refuse))
		if err != nil {
			t.Fatal(err)
		}
		if err := cut.Inject(t.Context()); err != nil {
			t.Fatal(err)
		}
		defer func() {
			if err := cut.Heal(t.Context()); err != nil {
				t.Error(err)
			}
		}()
	}
	increment(t, s, "elsewhere")
	if _, err := judge(t, s, h, 0); err == nil || !strings.Contains(err.Error(), "task verify") {
		t.Errorf("regions that are not equal: got %v, want what to do", err)
	}
}

// findsOneMore: an increment that is not in the history is one too many, and in no book.
func findsOneMore(t *testing.T, s *stack.Stack, h *history.History) {
	t.Helper()
	i := slices.IndexFunc(h.Records, func(r history.Record) bool { return r.Kind == workload.Incr && r.Outcome == measure.OK })
	for range 200 { // more than those that were not answered
		increment(t, s, h.Records[i].Key)
	}
	report, err := judge(t, s, h, time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range report.Properties {
		want := p.Name == "counters" || p.Name == "books"
		if (p.Violated > 0) != want {
			t.Errorf("%s: %d violations after increments that nobody recorded, want some: %t", p.Name, p.Violated, want)
		}
	}
}

func increment(t *testing.T, s *stack.Stack, key string) {
	t.Helper()
	c, err := client.New(gen.Regions(s.Topology())[0].URL, 10*time.Second)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	answer, err := c.Do(client.Request{Method: http.MethodPost, Path: "/counter/" + key + "/incr"}, nil)
	if err != nil || answer.Status != http.StatusOK {
		t.Fatalf("increment %s: %d, %v", key, answer.Status, err)
	}
}

func start(t *testing.T) *stack.Stack {
	t.Helper()
	s, err := stack.Open(stacktest.BuiltRoot(t, "us", "eu", "ap"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Clean(context.WithoutCancel(t.Context()), func(string, string) {}); err != nil {
			t.Error(err)
		}
	})
	if _, err := s.Up(t.Context(), func(string, string) {}); err != nil {
		t.Fatal(err)
	}
	return s
}

// loadOf makes every kind of operation, on few keys, so that sessions meet.
func loadOf(t *testing.T, s *stack.Stack) gen.Config {
	t.Helper()
	mix, err := workload.ParseMix("counter=30,profile=20,tags=20,prefs=20,handle=10")
	if err != nil {
		t.Fatal(err)
	}
	return gen.Config{
		Workload: workload.Config{Seed: 1, Keys: 100, Zipf: 1.1, Mix: mix, Reads: 40, Prefix: "audit-"},
		Rate:     400, Duration: 12 * time.Second, Hop: 0.3, Vector: true,
		Regions: gen.Regions(s.Topology()), Places: gen.Routers(s.Topology()),
	}
}

// harm cuts us and eu apart for three seconds, and kills ap for two.
func harm(ctx context.Context, world *chaos.World) error {
	cut, err := world.Partition([]string{"us", "eu"}, string(links.Refuse))
	if err != nil {
		return err
	}
	kill, err := world.Kill([]string{"ap"})
	if err != nil {
		return err
	}
	for _, step := range []struct {
		after time.Duration
		do    func(context.Context) error
	}{
		{2 * time.Second, cut.Inject},
		{3 * time.Second, cut.Heal},
		{time.Second, kill.Inject},
		{2 * time.Second, kill.Heal},
	} {
		<-time.After(step.after)
		if err := step.do(ctx); err != nil {
			return err
		}
	}
	return nil
}

func judge(t *testing.T, s *stack.Stack, h *history.History, wait time.Duration) (*audit.Report, error) {
	t.Helper()
	a, err := audit.New(audit.Config{History: h, Regions: gen.Regions(s.Topology()), Wait: wait})
	if err != nil {
		t.Fatal(err)
	}
	report, err := a.Run(t.Context())
	if err == nil {
		report.Print(t.Output())
	}
	return report, err
}
