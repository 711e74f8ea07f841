package state_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"pangea/crdt"
	"pangea/region"
	"pangea/region/state"
)

// TestJoin_EqualsTheLogs expects of replicas which joined each other's states at any
// moment, and went on by the logs from there, the state of one that only applied logs
// (I7), and books that miss or double nothing that a join can know (I9).
func TestJoin_EqualsTheLogs(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h := newHistory(rapid.SampledFrom([]state.ClockMode{state.HLC, state.WallClock}).Draw(t, "clock"))
		t.Repeat(h.actions())
		logs := newReplica("logs", h.mode)
		h.settle(append(h.replicas, logs)...)
		for _, r := range h.replicas {
			if diff := cmp.Diff(logs.applied, r.applied, sameVector); diff != "" {
				t.Fatalf("%s has not applied everything:\n%s", r.origin, diff)
			}
			if diff := cmp.Diff(logs.visible(), r.visible()); diff != "" {
				t.Errorf("%s differs from what the logs say:\n%s", r.origin, diff)
			}
			checkBooks(t, r, h.mode)
			h.checkConflicts(t, r)
		}
	})
}

var sameVector = cmp.Comparer(func(v, w crdt.Vector) bool { return v.Covers(w) && w.Covers(v) })

// visible is text without the tombstones, which replicas collect at different times.
func (r *replica) visible() map[string]string {
	out := r.text()
	for m, c := range r.rows.Prefs {
		if c.Now.Null {
			delete(out, prefsText(m))
		}
	}
	return out
}

// checkConflicts: each write is lost once, and what is called concurrent is, by the
// entries that carried the two.
func (h *history) checkConflicts(t *rapid.T, r *replica) {
	entries := map[region.Position]*region.Entry{}
	for _, from := range h.sources() {
		for _, e := range from.log {
			entries[region.Position{Origin: e.Origin, Seq: e.Seq}] = e
		}
	}
	deps := func(m crdt.Meta) crdt.Vector { return entries[region.Position{Origin: m.Origin, Seq: m.Seq}].Deps }
	lost := map[crdt.Meta]bool{}
	for _, c := range r.lost {
		if lost[c.Loser.Meta] {
			t.Errorf("%s lost %+v twice", r.origin, c.Loser)
		}
		lost[c.Loser.Meta] = true
		saw := c.Loser.SeenBy(c.Winner.Origin, deps(c.Winner.Meta)) || c.Winner.SeenBy(c.Loser.Origin, deps(c.Loser.Meta))
		if c.Verdict == crdt.Concurrent && saw {
			t.Errorf("%s calls it concurrent, but one saw the other: %+v", r.origin, c)
		}
	}
}

// laws: the join of any states commutes, associates and is idempotent (I8).
func (h *history) laws(t *rapid.T) {
	all := slices.Concat(h.replicas, slices.Collect(maps.Values(h.copies)))
	slices.SortFunc(all, func(a, b *replica) int { return strings.Compare(a.name(), b.name()) })
	pick := rapid.IntRange(0, len(all)-1)
	a, b, c := all[pick.Draw(t, "a")], all[pick.Draw(t, "b")], all[pick.Draw(t, "c")]
	for law, sides := range map[string][2]*replica{
		"does not commute":      {joined(t, a, b), joined(t, b, a)},
		"does not associate":    {joined(t, joined(t, a, b), c), joined(t, a, joined(t, b, c))},
		"is not idempotent":     {joined(t, a, a), a},
		"changes on the second": {joined(t, joined(t, a, b), b), joined(t, a, b)},
	} {
		if diff := cmp.Diff(sides[0].text(), sides[1].text()); diff != "" {
			t.Errorf("the join of %s, %s and %s %s:\n%s", a.name(), b.name(), c.name(), law, diff)
		}
	}
}

func joined(t *rapid.T, a, b *replica) *replica {
	a = a.clone()
	a.join(t, b, 2)
	return a
}

func (r *replica) name() string { return fmt.Sprintf("%s at %s", r.origin, r.applied) }
