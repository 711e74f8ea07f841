package state_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"pangea/crdt"
	"pangea/region"
	"pangea/region/state"
)

// TestReplicas_ConvergeAndAccountForEveryEvent makes random writes to few keys in
// three regions with skewed clocks, delivers their logs in random causal orders, and
// expects equal states (I7) and books that balance at every origin (I9).
func TestReplicas_ConvergeAndAccountForEveryEvent(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) { converge(t, false) })
}

// TestReplicas_ConvergeWithoutTheCausalWait delivers each log in its order, and the logs in
// any: all that is left of the wait is for the adds that an entry takes away.
func TestReplicas_ConvergeWithoutTheCausalWait(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) { converge(t, true) })
}

func converge(t *rapid.T, careless bool) {
	mode := rapid.SampledFrom([]state.ClockMode{state.HLC, state.WallClock}).Draw(t, "clock")
	replicas := []*replica{newReplica("us", mode), newReplica("eu", mode), newReplica("ap", mode)}
	for _, r := range replicas {
		r.careless = careless
	}
	skew := map[*replica]time.Duration{replicas[1]: time.Hour, replicas[2]: -time.Minute}
	now := time.UnixMilli(1_700_000_000_000)
	for range rapid.IntRange(1, 60).Draw(t, "steps") {
		now = now.Add(time.Duration(rapid.IntRange(0, 2).Draw(t, "ms")) * time.Millisecond)
		r := rapid.SampledFrom(replicas).Draw(t, "region")
		if rapid.Bool().Draw(t, "write") {
			r.write(now.Add(skew[r]), rapid.SliceOfN(rapid.Custom(drawWrite), 1, 4).Draw(t, "group")...)
		} else {
			deliver(r, rapid.SampledFrom(replicas).Draw(t, "from"))
		}
	}
	for moved := true; moved; {
		moved = false
		for _, r := range replicas {
			for _, from := range rapid.Permutation(replicas).Draw(t, "order") {
				moved = deliver(r, from) || moved
			}
		}
	}
	for _, r := range replicas {
		if r.applied[replicas[0].origin] != uint64(len(replicas[0].log)) {
			t.Errorf("%s has not applied all of us", r.origin)
		}
		if diff := cmp.Diff(replicas[0].text(), r.text()); diff != "" {
			t.Errorf("%s differs from us:\n%s", r.origin, diff)
		}
		checkBooks(t, r, mode)
	}
}

// deliver gives r the next entry of from's log, if there is one that it may apply.
func deliver(r, from *replica) bool {
	if r == from || r.applied[from.origin] == uint64(len(from.log)) {
		return false
	}
	return r.receive(from.log[r.applied[from.origin]])
}

func checkBooks(t *rapid.T, r *replica, mode state.ClockMode) {
	live, books := r.live(), map[state.Book]bool{}
	for book := range live {
		books[book] = true
	}
	for book := range r.ledger {
		books[book] = true
	}
	for book := range books {
		sum := r.ledger[book]
		if book.Origin.Region != r.origin.Region {
			t.Errorf("%s books events of %s", r.origin, book.Origin)
		}
		ended := sum.Merged + live[book] + r.owed[book]
		for _, v := range crdt.Verdicts() {
			ended += sum.Ended(v)
		}
		if sum.Committed != ended {
			t.Errorf("%s %s of %s: committed %d, accounted for %d (%+v, live %d, dropped by joins %d)",
				r.origin, book.Class, book.Origin, sum.Committed, ended, sum, live[book], r.owed[book])
		}
		if mode == state.HLC && sum.ClockSkew != 0 {
			t.Errorf("%s %s: %d writes lost to skew in spite of the HLC", r.origin, book.Class, sum.ClockSkew)
		}
	}
	conflicts := int64(0)
	for _, sum := range r.ledger {
		conflicts += sum.Concurrent + sum.ClockSkew
	}
	if got := int64(len(r.lost)); got != conflicts {
		t.Errorf("%s: %d conflicts written down, %d counted", r.origin, got, conflicts)
	}
}

func drawWrite(t *rapid.T) region.Write {
	w := region.Write{
		Op:     rapid.SampledFrom([]region.Op{region.PutProfile, region.IncrCounter, region.AddTag, region.RemoveTag, region.PatchPrefs}).Draw(t, "op"),
		Key:    rapid.SampledFrom([]string{"a", "b"}).Draw(t, "key"),
		Member: rapid.SampledFrom([]string{"x", "y"}).Draw(t, "member"),
		Value:  rapid.StringMatching(`"[a-z]{2}"`).Draw(t, "value"),
		By:     rapid.Int64Range(-3, 3).Draw(t, "by"),
	}
	if w.Op == region.PatchPrefs {
		for _, name := range []string{"f", "g"} {
			f := region.Field{Name: name, Null: rapid.Bool().Draw(t, "null")}
			if !f.Null {
				f.Value = w.Value
			}
			w.Fields = append(w.Fields, f)
		}
	}
	return w
}
