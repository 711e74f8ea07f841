package state_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"pangea/crdt"
	"pangea/region"
	"pangea/region/state"
)

func TestPlan_IdempotencyKeyIsUsedOnce(t *testing.T) {
	r := newReplica("us", state.HLC)
	incr := region.Write{Op: region.IncrCounter, Key: "a", By: 1, Once: region.Idempotency{Key: "k", Hash: region.Checksum{1}}}
	other := incr
	other.Once.Hash = region.Checksum{2}

	results, errs := r.write(time.Now(), incr, incr, other)
	if errs[0] != nil || errs[1] != nil || !errors.Is(errs[2], region.ErrReused) {
		t.Fatalf("errors %v", errs)
	}
	if results[0].Replayed || !results[1].Replayed || results[1].Value != "1" {
		t.Errorf("in one group: %+v", results)
	}
	results, _ = r.write(time.Now(), incr)
	if !results[0].Replayed || results[0].Value != "1" {
		t.Errorf("in the next group: %+v", results[0])
	}
	if pn := r.rows.Counter["a"].Now[r.origin]; pn.P != 1 {
		t.Errorf("the counter is %+v", pn)
	}
}

func TestPlan_OverflowChangesNothing(t *testing.T) {
	r := newReplica("us", state.HLC)
	_, errs := r.write(time.Now(),
		region.Write{Op: region.IncrCounter, Key: "a", By: crdt.MaxPN},
		region.Write{Op: region.IncrCounter, Key: "a", By: 1},
		region.Write{Op: region.IncrCounter, Key: "a", By: -1})
	if errs[0] != nil || !errors.Is(errs[1], region.ErrOverflow) || errs[2] != nil {
		t.Fatalf("errors %v", errs)
	}
	if got, want := r.rows.Counter["a"].Now[r.origin], (crdt.PN{P: crdt.MaxPN, N: 1}); got != want {
		t.Errorf("the counter is %+v, want %+v", got, want)
	}
}

func TestPlan_HandleBelongsToItsFirstClaimant(t *testing.T) {
	r := newReplica("us", state.HLC)
	claim := func(who string) region.Write { return region.Write{Op: region.ClaimHandle, Key: "h", Value: who} }
	release := func(who string) region.Write { return region.Write{Op: region.ReleaseHandle, Key: "h", Value: who} }
	steps := []struct {
		write region.Write
		want  region.Outcome
		held  string
		seq   uint64 // of the entry that the answer rests on
	}{
		{release("a"), region.Free, "", 0},
		{claim("a"), region.Created, "a", 1},
		{claim("a"), region.Same, "a", 1},
		{claim("b"), region.Taken, "a", 1},
		{release("b"), region.Taken, "a", 1},
		{release("a"), region.Done, "", 2},
		{release("a"), region.Free, "", 2},
		{claim("b"), region.Created, "b", 3},
	}
	for i, s := range steps {
		results, errs := r.write(time.Now(), s.write)
		if errs[0] != nil {
			t.Fatalf("step %d: %v", i, errs[0])
		}
		if got := results[0]; got.Outcome != s.want || got.Value != s.held || got.Position.Seq != s.seq {
			t.Errorf("step %d: got %+v, want %+v", i, got, s)
		}
	}
}

// Who saw a write beats it, whatever the clocks say: read-your-writes under a clock
// that is an hour ahead elsewhere.
func TestPlan_LaterWriteBeatsAFastClock(t *testing.T) {
	now := time.Now()
	us, eu := newReplica("us", state.HLC), newReplica("eu", state.HLC)
	put := func(v string) region.Write { return region.Write{Op: region.PutProfile, Key: "p", Value: v} }
	eu.write(now.Add(time.Hour), put(`"eu"`))
	deliver(us, eu)
	us.write(now, put(`"us"`))
	deliver(eu, us)
	for _, r := range []*replica{us, eu} {
		if got := r.rows.Profile["p"].Now.Value; got != `"us"` {
			t.Errorf("%s shows %s", r.origin, got)
		}
	}
	if sum := eu.ledger[state.Book{Origin: eu.origin, Class: region.Profile}]; sum.Superseded != 1 {
		t.Errorf("eu's write ended as %+v, want superseded", sum)
	}
}

func TestPlan_RemovingNothingIsNoEvent(t *testing.T) {
	r := newReplica("us", state.HLC)
	r.write(time.Now(),
		region.Write{Op: region.RemoveTag, Key: "a", Member: "x"},
		region.Write{Op: region.PatchPrefs, Key: "a", Fields: []region.Field{{Name: "f", Null: true}}})
	if len(r.log) != 0 {
		t.Errorf("the log has %d entries", len(r.log))
	}
}

// A database restored from before some events gets them back from a peer, and books
// them as it did when it wrote them.
func TestCycle_FormerLogIsBookedAsItWas(t *testing.T) {
	r := newReplica("us", state.HLC)
	writes := []region.Write{
		{Op: region.PutProfile, Key: "p", Value: "1"},
		{Op: region.IncrCounter, Key: "c", By: 1},
		{Op: region.AddTag, Key: "t", Member: "x"},
		{Op: region.PatchPrefs, Key: "o", Fields: []region.Field{{Name: "f", Value: "1"}}},
		{Op: region.ClaimHandle, Key: "h", Value: "a"},
	}
	r.write(time.Now(), writes...)
	restored := r.clone()
	restored.reborn(2)
	r.write(time.Now(), append(writes, region.Write{Op: region.RemoveTag, Key: "t", Member: "x"})...)
	if !deliver(restored, r) {
		t.Fatal("the entry was not applied")
	}
	if diff := cmp.Diff(r.ledger, restored.ledger); diff != "" {
		t.Errorf("the books differ:\n%s", diff)
	}
	if got := r.ledger[state.Book{Origin: r.origin, Class: region.Tags}]; got != (state.Tally{Committed: 3, Merged: 1, Superseded: 1, Removed: 1}) {
		t.Errorf("tags are booked as %+v", got)
	}
}
