package resultstest

import (
	"slices"
	"testing"

	"pangea/lab/results"
)

// Breaks fails unless the claims that are broken are those, in their order; with none, all
// must hold.
func Breaks(t testing.TB, r *results.Record, want ...string) {
	t.Helper()
	var broken []string
	for _, c := range r.Broken() {
		broken = append(broken, c.Text)
	}
	if !slices.Equal(broken, want) || len(r.Claims) == 0 {
		t.Errorf("of %d claims these are broken:\n%q\nwant\n%q", len(r.Claims), broken, want)
	}
}

// HoldsNothing fails if any claim holds: of a record of nothing that was measured.
func HoldsNothing(t testing.TB, r *results.Record) {
	t.Helper()
	for _, c := range r.Claims {
		if c.Held {
			t.Errorf("%s: held, by %s", c.Text, c.Found)
		}
	}
	if len(r.Claims) == 0 {
		t.Error("there are no claims")
	}
}
