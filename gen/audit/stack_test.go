package audit_test

import (
	"context"
	"io"
	"path/filepath"
	"testing"
	"time"

	"pangea/chaos"
	"pangea/chaos/links"
	"pangea/gen"
	"pangea/gen/audit"
	"pangea/gen/history"
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
	report := judge(t, s, dir)
	if report.Violated() > 0 {
		t.Error("the regions contradict what clients were told")
	}
	for _, p := range report.Properties {
		if p.Checked == 0 {
			t.Errorf("%s: nothing was checked", p.Name)
		}
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
	cfg := gen.Config{
		Workload: workload.Config{Seed: 1, Keys: 100, Zipf: 1.1, Mix: mix, Reads: 40, Prefix: "audit-"},
		Rate:     400, Duration: 12 * time.Second, Hop: 0.3, Vector: true, Regions: s.Regions(),
	}
	for _, r := range s.Topology().Regions {
		cfg.Places = append(cfg.Places, gen.Endpoint{Name: r.Name, URL: "http://" + r.Router})
	}
	return cfg
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

func judge(t *testing.T, s *stack.Stack, dir string) *audit.Report {
	t.Helper()
	h, err := history.Read(dir)
	if err != nil {
		t.Fatal(err)
	}
	a, err := audit.New(audit.Config{History: h, Regions: s.Regions(), Wait: time.Minute})
	if err != nil {
		t.Fatal(err)
	}
	report, err := a.Run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	report.Print(t.Output())
	return report
}
