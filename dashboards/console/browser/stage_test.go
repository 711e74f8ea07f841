//go:build browser

package browser

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"pangea/gen"
	"pangea/gen/workload"
	"pangea/lab/stack"
	"pangea/lab/stack/stacktest"
)

func TestMain(m *testing.M) {
	code := m.Run()
	stacktest.Close()
	os.Exit(code)
}

// world is a stack that is as far apart as a real one. Relay is off: it would close the
// gap of a cut within seconds.
func world(t *testing.T) *stack.Stack {
	t.Helper()
	root := stacktest.BuiltRoot(t, "us", "eu", "ap")
	file := filepath.Join(root, "topology.yaml")
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	apart := strings.NewReplacer("us-eu: 20ms", "us-eu: 80ms", "us-ap: 20ms", "us-ap: 150ms", "eu-ap: 20ms", "eu-ap: 120ms",
		"jitter: 2ms", "jitter: 10ms", "relay: {enabled: true", "relay: {enabled: false").Replace(string(text))
	if err := os.WriteFile(file, []byte(apart), 0o644); err != nil {
		t.Fatal(err)
	}
	s, err := stack.Open(root)
	if err != nil {
		t.Fatal(err)
	}
	silent := func(string, string) {}
	t.Cleanup(func() {
		if err := s.Clean(context.Background(), silent); err != nil {
			t.Error(err)
		}
	})
	if _, err := s.Up(t.Context(), silent); err != nil {
		t.Fatal(err)
	}
	return s
}

// load runs until stop is called: few keys, so that the two sides of a cut meet on some.
func load(t *testing.T, s *stack.Stack) (stop func()) {
	t.Helper()
	mix, err := workload.ParseMix(workload.DefaultMix)
	if err != nil {
		t.Fatal(err)
	}
	l, err := gen.New(gen.Config{
		Workload: workload.Config{Seed: 1, Keys: 2000, Zipf: 1.1, Mix: mix, Reads: 40, Prefix: "user:"},
		Rate:     300, Duration: 3 * time.Minute, Places: gen.Routers(s.Topology()),
	})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() { l.Run(ctx) })
	return sync.OnceFunc(func() {
		cancel()
		running.Wait()
	})
}
