package script_test

import (
	"context"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"pangea/chaos"
	"pangea/chaos/script"
	"pangea/lab/stack"
	"pangea/lab/stack/stacktest"
)

func TestPlay_OnARealStack(t *testing.T) {
	w, s := open(t, stacktest.BuiltRoot(t, "us", "eu", "ap"))
	t.Cleanup(func() {
		if err := s.Clean(context.Background(), func(string, string) {}); err != nil {
			t.Error(err)
		}
	})
	if _, err := s.Up(t.Context(), func(part, note string) { t.Log(part, note) }); err != nil {
		t.Fatal(err)
	}
	count(t, s, http.MethodPost, "/incr", `"value":1`)
	t.Run("a lost region", func(t *testing.T) { playLostRegion(t, w, s) })
	t.Run("interrupted", func(t *testing.T) { playAndInterrupt(t, w) })
	t.Run("a command that fails", func(t *testing.T) { playAndFail(t, w) })
	t.Run("a skew outlives a kill", func(t *testing.T) { skewOverAKill(t, w) })
	whole(t, w)
	count(t, s, http.MethodGet, "", `"value":1`)
}

// count asks the router near eu for the counter. The answer must have text.
func count(t *testing.T, s *stack.Stack, method, path, text string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, "http://"+s.Topology().Regions[1].Router+"/counter/kept"+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Close = true
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if body, err := io.ReadAll(resp.Body); err != nil || !strings.Contains(string(body), text) {
		t.Errorf("got %s (%v), want %s", body, err, text)
	}
}

// Each of the faults is seen from outside, each command is told, and all is whole after it.
func playLostRegion(t *testing.T, w *chaos.World, s *stack.Stack) {
	scenario, err := script.Load("../scenarios/lost-region.txt", w)
	if err != nil {
		t.Fatal(err)
	}
	seen := watch(t, map[string]func() bool{
		"region-eu is dead":   func() bool { return !s.Alive("region-eu") },
		"postgres-eu is dead": func() bool { return !s.Alive("postgres-eu") && s.Alive("region-eu") },
		"region-eu is paused": func() bool { return s.Paused("region-eu") },
	})
	var out strings.Builder
	if err := scenario.Play(t.Context(), &out, 15); err != nil {
		t.Fatal(err)
	}
	t.Log("\n" + out.String())
	for what, was := range seen() {
		if !was {
			t.Errorf("never seen: %s", what)
		}
	}
	rest := out.String()
	for _, step := range scenario.Steps {
		var found bool
		if _, rest, found = strings.Cut(rest, step.Command+": "); !found {
			t.Errorf("%q was not told, or not in its turn", step.Command)
		}
	}
	whole(t, w)
}

// watch looks at the conditions until the returned function is called, which tells which
// of them were ever true.
func watch(t *testing.T, conditions map[string]func() bool) func() map[string]bool {
	ctx, stop := context.WithCancel(t.Context())
	seen := map[string]bool{}
	var watching sync.WaitGroup
	watching.Go(func() {
		tick := time.NewTicker(10 * time.Millisecond)
		defer tick.Stop()
		for ctx.Err() == nil {
			for what, holds := range conditions {
				seen[what] = seen[what] || holds()
			}
			<-tick.C
		}
	})
	return func() map[string]bool {
		stop()
		watching.Wait()
		return seen
	}
}

// told calls then once text was written to it.
type told struct {
	strings.Builder
	text string
	then func()
}

func (w *told) Write(p []byte) (int, error) {
	n, err := w.Builder.Write(p)
	if strings.Contains(w.String(), w.text) {
		w.then()
	}
	return n, err
}

// Ctrl-C mends what the scenario broke, and it can be played again.
func playAndInterrupt(t *testing.T, w *chaos.World) {
	scenario, err := script.Load(write(t, `
at 0s partition eu -mode blackhole
at 0s latency us ap 300ms
at 0s bandwidth us 64KB/s
at 0s skew eu -200ms
at 0s kill router-ap
at 0s pause us
at 1h heal`), w)
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		ctx, interrupt := context.WithCancel(t.Context())
		var broken string
		out := &told{text: "next in 3600s: heal", then: func() {
			if broken == "" {
				broken = w.Status(t.Context()).String()
			}
			interrupt()
		}}
		err := scenario.Play(ctx, out, 1)
		if want := `interrupted before "heal"`; err == nil || err.Error() != want {
			t.Fatalf("got %v, want %s\n%s", err, want, out)
		}
		t.Log("\n" + broken)
		for text, want := range map[string]int{"✂ blackholed": 4, "300ms": 2, "64KB/s": 4, "200ms behind": 1, "dead": 1, "paused:": 1} {
			if got := strings.Count(broken, text); got != want {
				t.Errorf("before the interrupt the picture says %q %d times, want %d:\n%s", text, got, want, broken)
			}
		}
		if !strings.Contains(out.String(), "what the scenario broke is mended") {
			t.Errorf("it does not say that all is mended:\n%s", out)
		}
		whole(t, w)
	}
}

// A command that fails ends the play with its place, and what was broken before is mended.
func playAndFail(t *testing.T, w *chaos.World) {
	path := write(t, "at 0s partition us eu\nat 0s kill eu\nat 0s pause eu\nat 0s destroy us")
	scenario, err := script.Load(path, w)
	if err != nil {
		t.Fatal(err)
	}
	err = scenario.Play(t.Context(), t.Output(), 1)
	if want := path + ":3: pause eu: region-eu does not run"; err == nil || !strings.HasPrefix(err.Error(), want) {
		t.Fatalf("got %v, want %q", err, want)
	}
	whole(t, w)
}

// The clock stands beside the others' until it is healed, whatever happens to the process.
func skewOverAKill(t *testing.T, w *chaos.World) {
	skew, err := w.Skew([]string{"eu", "-1.5s"})
	if err != nil {
		t.Fatal(err)
	}
	kill, err := w.Kill([]string{"eu"})
	if err != nil {
		t.Fatal(err)
	}
	for _, do := range []func(context.Context) error{skew.Inject, kill.Inject, kill.Heal} {
		if err := do(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if got, want := w.Status(t.Context()).Regions[1].Skew, -1500*time.Millisecond; got != want {
		t.Errorf("after the kill and the start the clock is skewed by %v, want %v", got, want)
	}
	if err := skew.Heal(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// whole fails the test unless every part is up, every link healthy and every clock right.
func whole(t *testing.T, w *chaos.World) {
	t.Helper()
	s := w.Status(t.Context())
	for _, r := range s.Regions {
		if r.Err != nil || !r.Ready || r.Process != chaos.Up || r.Postgres != chaos.Up || r.Router != chaos.Up || r.Skew != 0 {
			t.Errorf("%+v is not whole", r)
		}
	}
	for _, l := range s.Links {
		if usual := w.Topology.Distance(l.From, l.To); l.Health() != "healthy" || l.Limit() != 0 || l.NATS.RTT != usual || l.HTTP.RTT != usual {
			t.Errorf("%+v is not whole", l)
		}
	}
}
