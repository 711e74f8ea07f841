package position_test

import (
	"testing"
	"testing/synctest"

	"pangea/crdt"
	"pangea/region/position"
)

func wantVector(t *testing.T, what string, got, want crdt.Vector) {
	t.Helper()
	for _, o := range []crdt.Origin{us, eu, ap} {
		if got[o] != want[o] {
			t.Errorf("%s %s, want %s", what, got, want)
			return
		}
	}
}

// Nothing is stable before the region has applied what the peer had written by the
// time it said what it had applied: that may be concurrent.
func TestStable_NeedsThePeersLogUpToItsClaim(t *testing.T) {
	tracker := track("us", 0, "eu")
	wantVector(t, "with no database, stable is", tracker.Stable(), nil)
	tracker.Advance(has(us, 5, nil))
	wantVector(t, "with nothing heard, stable is", tracker.Stable(), nil)
	tracker.Observe(report(eu, 7, crdt.Vector{us: 4}))
	wantVector(t, "with eu's entries under way, stable is", tracker.Stable(), nil)
	tracker.Observe(report(eu, 9, crdt.Vector{us: 5})) // later claims do not hold the first one up
	tracker.Advance(has(us, 5, crdt.Vector{eu: 6}))
	wantVector(t, "with one entry under way, stable is", tracker.Stable(), nil)
	tracker.Advance(has(us, 5, crdt.Vector{eu: 7}))
	wantVector(t, "with eu at 7, stable is", tracker.Stable(), crdt.Vector{us: 4, eu: 7})
	tracker.Observe(report(eu, 9, crdt.Vector{us: 5}))
	tracker.Advance(has(us, 5, crdt.Vector{eu: 9}))
	wantVector(t, "with eu at 9, stable is", tracker.Stable(), crdt.Vector{us: 5, eu: 9})
}

// Stable counts every peer, for one that is lost may come back with what it wrote;
// what is kept for peers counts those that are registered.
func TestStable_CountsEveryPeerKeptTheRegistered(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tracker := track("us", 0, "eu", "ap")
		tracker.Advance(has(us, 5, crdt.Vector{eu: 3}))
		tracker.Observe(report(eu, 3, crdt.Vector{us: 4}))
		wantVector(t, "with ap unheard, stable is", tracker.Stable(), nil)
		wantVector(t, "with ap unheard, kept is", tracker.Kept(), nil)
		wantFetched(t, tracker, 0)
		behind := report(ap, 0, crdt.Vector{us: 1, eu: 2})
		behind.Stored = crdt.Vector{us: 3, eu: 3}
		tracker.Observe(behind)
		wantVector(t, "stable is", tracker.Stable(), crdt.Vector{us: 1, eu: 2})
		wantVector(t, "kept is", tracker.Kept(), crdt.Vector{us: 1, eu: 2})
		wantFetched(t, tracker, 3)
		tracker.SetRegistered("ap", false)
		wantVector(t, "without ap, stable is", tracker.Stable(), crdt.Vector{us: 1, eu: 2})
		wantVector(t, "without ap, kept is", tracker.Kept(), crdt.Vector{us: 4, eu: 3})
		wantFetched(t, tracker, 4)
	})
}

func wantFetched(t *testing.T, tracker *position.Tracker, want uint64) {
	t.Helper()
	if got := tracker.Fetched(); got != want {
		t.Errorf("fetched up to %d, want %d", got, want)
	}
}

// A peer that is not ready may yet read back from its own stream what it wrote before, and
// nobody else knows of.
func TestStable_WaitsForThePeerToBeReady(t *testing.T) {
	tracker := track("us", 0, "eu")
	tracker.Advance(has(us, 5, crdt.Vector{eu: 3}))
	restored := report(eu2, 0, crdt.Vector{us: 5, eu: 3})
	restored.Ready = false
	tracker.Observe(restored)
	wantVector(t, "stable is", tracker.Stable(), nil)
	tracker.Observe(report(eu2, 0, crdt.Vector{us: 5, eu: 3}))
	wantVector(t, "once eu is ready, stable is", tracker.Stable(), crdt.Vector{us: 5, eu: 3})
}

// A peer was lost and has come back under a new epoch. What it wrote before, and another
// peer holds, may be concurrent with anything: nothing is stable before it is applied.
func TestStable_WaitsForFormerLogs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tracker := track("us", 0, "eu", "ap")
		tracker.Advance(has(us, 5, crdt.Vector{eu: 3}))
		tracker.Observe(report(eu2, 0, crdt.Vector{us: 5, eu: 3}))
		holder := report(ap, 0, crdt.Vector{us: 5, eu: 3})
		holder.Stored = crdt.Vector{us: 5, eu: 4}
		tracker.Observe(holder)
		wantVector(t, "stable is", tracker.Stable(), nil)
		tracker.Advance(has(us, 5, crdt.Vector{eu: 4}))
		wantVector(t, "stable is", tracker.Stable(), crdt.Vector{us: 5, eu: 3})
	})
}
