package chaos_test

import (
	"strings"
	"testing"
	"time"

	"pangea/chaos"
)

// breakAll does one fault of each kind to us, eu and the links between them.
func breakAll(t *testing.T, w *chaos.World) {
	t.Helper()
	for _, part := range words("postgres-eu", "region-eu") {
		if err := w.Processes.Start(t.Context(), part); err != nil {
			t.Fatal(err)
		}
	}
	for _, read := range []func() (chaos.Fault, error){
		func() (chaos.Fault, error) { return w.Partition(words("us", "eu"), "blackhole") },
		func() (chaos.Fault, error) { return w.Latency(words("us", "eu", "300ms"), "") },
		func() (chaos.Fault, error) { return w.Bandwidth(words("us>eu", "64KB/s")) },
		func() (chaos.Fault, error) { return w.Bandwidth(words("ap", "2MB/s")) },
		func() (chaos.Fault, error) { return w.Skew(words("eu", "-200ms")) },
		func() (chaos.Fault, error) { return w.Pause(words("postgres-eu")) },
	} {
		fault, err := read()
		if err != nil {
			t.Fatal(err)
		}
		for range 2 { // twice is as once
			if err := fault.Inject(t.Context()); err != nil {
				t.Fatalf("%s: %v", fault.Name, err)
			}
		}
	}
}

// show is the picture, in which all of these must be.
func show(t *testing.T, w *chaos.World, count map[string]int) {
	t.Helper()
	picture := w.Status(t.Context()).String()
	for text, want := range count {
		if got := strings.Count(picture, text); got != want {
			t.Errorf("the picture says %q %d times, want %d:\n%s", text, got, want, picture)
		}
	}
}

func heal(t *testing.T, w *chaos.World, scope ...string) {
	t.Helper()
	act, err := w.Heal(scope)
	if err != nil {
		t.Fatal(err)
	}
	if err := act.Do(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func TestHeal_UndoesWhatLinksAndClocksHave(t *testing.T) {
	w := world(t)
	breakAll(t, w)
	show(t, w, map[string]int{
		"✂ blackholed": 2, "300ms ± 10ms": 2, "64KB/s": 1, "2MB/s": 4, "200ms behind": 1, "paused": 1,
	})
	heal(t, w, "us", "eu")
	show(t, w, map[string]int{
		"✂": 0, "300ms": 0, "80ms ± 10ms": 2, "64KB/s": 0, "2MB/s": 4, "200ms behind": 1, "paused": 1,
	})
	breakAll(t, w)
	heal(t, w, "eu")
	show(t, w, map[string]int{"✂": 0, "300ms": 0, "64KB/s": 0, "2MB/s": 2, "behind": 0, "paused": 1})
	breakAll(t, w)
	heal(t, w)
	show(t, w, map[string]int{"✂": 0, "300ms": 0, "KB/s": 0, "MB/s": 0, "behind": 0, "paused": 1})
	if _, err := w.Heal(words("mars")); err == nil || !strings.Contains(err.Error(), `"mars" is no pair`) {
		t.Errorf("heal of mars: %v", err)
	}
}

// Each fault's own healing ends what it did, and no more.
func TestBandwidth_IsHealedBothWays(t *testing.T) {
	w := world(t)
	for _, c := range []struct {
		words, cure, broken string
		limited             int
	}{
		{"us>eu 64KB/s", "heal us eu", "each connection carries at most 64KB/s from us to eu", 1},
		{"us eu 64KB/s", "heal us eu", "each connection between us and eu carries at most 64KB/s", 2},
		{"us 64KB/s", "heal us", "each connection between us and all others carries at most 64KB/s", 4},
	} {
		fault, err := w.Bandwidth(strings.Fields(c.words))
		if err != nil {
			t.Fatal(err)
		}
		if fault.Broken != c.broken || fault.Cure != c.cure {
			t.Errorf("%s says %q, cured by %q; want %q, cured by %q", c.words, fault.Broken, fault.Cure, c.broken, c.cure)
		}
		if err := fault.Inject(t.Context()); err != nil {
			t.Fatal(err)
		}
		show(t, w, map[string]int{"64KB/s": c.limited})
		if err := fault.Heal(t.Context()); err != nil {
			t.Fatal(err)
		}
		show(t, w, map[string]int{"64KB/s": 0})
	}
}

func TestPause_IsShownAndEndedByAStart(t *testing.T) {
	w := world(t)
	start, err := w.Kill(words("eu"))
	if err != nil {
		t.Fatal(err)
	}
	pause, err := w.Pause(words("eu"))
	if err != nil {
		t.Fatal(err)
	}
	if err := pause.Inject(t.Context()); err == nil || !strings.Contains(err.Error(), "region-eu does not run") {
		t.Errorf("pause of the dead: %v", err)
	}
	if err := start.Heal(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := pause.Inject(t.Context()); err != nil {
		t.Fatal(err)
	}
	begun := time.Now()
	if r := w.Status(t.Context()).Regions[1]; r.Process != chaos.Paused || r.Err == nil {
		t.Errorf("after the pause eu is %+v, want it paused", r)
	}
	if took := time.Since(begun); took > time.Second {
		t.Errorf("the status waited %v for a region that is paused", took)
	}
	if err := start.Heal(t.Context()); err != nil {
		t.Fatal(err)
	}
	if r := w.Status(t.Context()).Regions[1]; r.Process != chaos.Up || !r.Ready {
		t.Errorf("after the start eu is %+v, want it ready", r)
	}
}
