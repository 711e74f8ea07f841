package regiontest

import (
	"testing"
	"time"

	"pangea/chaos/links"
)

// Cut partitions two regions.
func (w *World) Cut(t testing.TB, a, b string, d links.Direction, m links.Mode) {
	t.Helper()
	if err := w.Links.Partition(t.Context(), a, b, d, m); err != nil {
		t.Fatal(err)
	}
}

// Heal ends every cut between two regions.
func (w *World) Heal(t testing.TB, a, b string) {
	t.Helper()
	if err := w.Links.Heal(t.Context(), a, b); err != nil {
		t.Fatal(err)
	}
}

// HealAll ends every cut.
func (w *World) HealAll(t testing.TB) {
	t.Helper()
	if err := w.Links.HealAll(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// Slow changes the distance of two regions.
func (w *World) Slow(t testing.TB, a, b string, rtt time.Duration) {
	t.Helper()
	if err := w.Links.Latency(t.Context(), a, b, rtt, 0); err != nil {
		t.Fatal(err)
	}
}
