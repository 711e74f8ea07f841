package position_test

import (
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"pangea/crdt"
	"pangea/region/position"
)

// wantUnready checks that the region does not serve, and says why.
func wantUnready(t *testing.T, tracker *position.Tracker, why string) {
	t.Helper()
	if r := tracker.Readiness(); r.Ready || !strings.Contains(r.Reason, why) {
		t.Errorf("ready %t, %q; want it not to be, with %q", r.Ready, r.Reason, why)
	}
}

func wantReady(t *testing.T, tracker *position.Tracker) {
	t.Helper()
	if r := tracker.Readiness(); !r.Ready {
		t.Errorf("not ready: %s", r.Reason)
	}
}

// beat keeps the writer alive for d.
func beat(tracker *position.Tracker, d time.Duration) {
	for range d / time.Second {
		time.Sleep(time.Second)
		tracker.Beat()
	}
}

// A region that starts hears every peer, and applies what they had (I13).
func TestReadiness_HearsEveryPeerAndCatchesUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tracker := track("us", 0, "eu", "ap")
		wantUnready(t, tracker, "the database is not open")
		tracker.Advance(has(us, 3, nil))
		wantUnready(t, tracker, "waiting to hear from ap, eu")
		tracker.Observe(report(eu, 7, crdt.Vector{us: 3}))
		wantUnready(t, tracker, "waiting to hear from ap")
		tracker.Observe(report(ap, 0, crdt.Vector{us: 3, eu: 5}))
		wantUnready(t, tracker, "7 entries of eu")
		tracker.Advance(has(us, 3, crdt.Vector{eu: 6}))
		wantUnready(t, tracker, "1 entries of eu")
		tracker.Observe(report(eu, 9, crdt.Vector{us: 3})) // written since the region began to wait
		tracker.Advance(has(us, 3, crdt.Vector{eu: 7}))
		wantReady(t, tracker)
	})
}

// A report that was made before the wait began may have been under way, or in a
// buffer, for long: it says nothing about what the peers have acknowledged since.
func TestReadiness_AnOldReportDoesNotCount(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		before := report(eu, 1, nil)
		never := report(eu, 1, nil)
		never.Echoes = nil
		time.Sleep(time.Minute)
		tracker := track("us", 0, "eu")
		tracker.Advance(has(us, 0, crdt.Vector{eu: 1}))
		tracker.Observe(before)
		wantUnready(t, tracker, "waiting to hear from eu")
		tracker.Observe(never)
		wantUnready(t, tracker, "waiting to hear from eu")
		tracker.Observe(report(eu, 1, nil))
		wantReady(t, tracker)
	})
}

// Two regions that start together find each other within a few round trips, whatever
// their clocks say; then they report once a second.
func TestReport_AsksOftenOnlyWhileTheRegionWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		here, there := track("us", 0, "eu"), track("eu", -time.Hour, "us")
		here.Advance(has(us, 0, nil))
		there.Advance(has(eu, 0, nil))
		out, _ := connect(t, here, there, 50*time.Millisecond, 50*time.Millisecond)
		time.Sleep(500 * time.Millisecond)
		wantReady(t, here)
		wantReady(t, there)
		time.Sleep(time.Second)
		before := out.sent.Load()
		for range 20 {
			time.Sleep(time.Second)
			here.Beat()
			there.Beat()
		}
		if sent := out.sent.Load() - before; sent < 19 || sent > 21 {
			t.Errorf("%d reports in 20 s", sent)
		}
	})
}

// A silent peer is left out after Silence, and named. With nobody else the region is
// isolated.
func TestReadiness_LeavesSilentPeersOut(t *testing.T) {
	for name, heard := range map[string]bool{"one of two": true, "both": false} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				tracker := track("us", 0, "eu", "ap")
				tracker.Advance(has(us, 0, nil))
				want := []string{"ap", "eu"}
				beat(tracker, 4*time.Second)
				if heard {
					tracker.Observe(report(eu, 0, nil))
					want = []string{"ap"}
				}
				wantUnready(t, tracker, "waiting to hear from ap")
				beat(tracker, time.Second)
				if r := tracker.Readiness(); !r.Ready || r.Isolated == heard || !slices.Equal(r.Silent, want) {
					t.Errorf("after 5 s: %+v, want it to be ready without %v", r, want)
				}
				tracker.Observe(report(eu, 9, nil))
				if r := tracker.Readiness(); !r.Ready || r.Isolated {
					t.Errorf("once it has heard of eu: %+v", r)
				}
			})
		})
	}
}

// What nobody within reach stores cannot be waited for.
func TestReadiness_WaitsForNothingThatIsOutOfReach(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tracker := track("us", 0, "eu", "ap")
		tracker.Advance(has(us, 0, nil))
		tracker.Observe(report(eu, 9, nil))
		tracker.Observe(report(ap, 0, crdt.Vector{eu: 4}))
		wantUnready(t, tracker, "9 entries of eu")
		beat(tracker, 4*time.Second)
		tracker.Observe(report(ap, 0, crdt.Vector{eu: 4}))
		beat(tracker, time.Second) // eu has been silent for 5 s
		wantUnready(t, tracker, "4 entries of eu")
		tracker.Advance(has(us, 0, crdt.Vector{eu: 4}))
		wantReady(t, tracker)
	})
}

// A region whose writer stood still, as in a process that was paused, starts over:
// what reached it meanwhile is from before.
func TestReadiness_AWriterThatStoodStillStartsOver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tracker := track("us", 0, "eu")
		tracker.Advance(has(us, 0, nil))
		tracker.Observe(report(eu, 0, nil))
		wantReady(t, tracker)
		time.Sleep(position.Silence)
		wantReady(t, tracker)
		piledUp := report(eu, 0, nil)
		time.Sleep(time.Second)
		wantUnready(t, tracker, "the writer has stood still for 6s")
		tracker.Observe(piledUp)
		tracker.Beat()
		wantUnready(t, tracker, "the writer stood still for 6s: waiting to hear from eu")
		tracker.Observe(report(eu, 2, nil))
		wantUnready(t, tracker, "2 entries of eu")
		tracker.Advance(has(us, 0, crdt.Vector{eu: 2}))
		wantReady(t, tracker)
	})
}

// A peer that stores more of this region's log than the region itself knows that its
// database is an old copy (I14).
func TestReadiness_ContradictionOfTheOwnLog(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tracker := track("us", 0, "eu")
		tracker.Advance(has(us, 5, nil))
		tracker.Observe(report(eu, 0, crdt.Vector{us: 5}))
		wantReady(t, tracker)
		tracker.Observe(report(eu, 0, crdt.Vector{us: 6}))
		wantUnready(t, tracker, "eu stores our log up to 6 but this database ends at 5")
	})
}

// A peer that is not registered is not waited for.
func TestReadiness_DoesNotWaitForUnregisteredPeers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tracker := track("us", 0, "eu")
		tracker.Advance(has(us, 0, nil))
		tracker.SetRegistered("eu", false)
		wantReady(t, tracker)
	})
}

// Without the guard a region serves what it has, unless its database is known not to be the
// newest copy.
func TestReadiness_WithoutTheGuardStaleIsReady(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tracker := track("us", 0, "eu", "ap")
		tracker.Unguard()
		wantUnready(t, tracker, "the database is not open")
		tracker.Advance(has(us, 3, nil))
		wantReady(t, tracker)
		tracker.Observe(report(eu, 7, crdt.Vector{us: 3}))
		wantReady(t, tracker)
		tracker.Advance(has(us, 3, crdt.Vector{eu: 2})) // of which entry 3 is not kept any more
		beat(tracker, position.Silence)
		tracker.Observe(keeps(report(eu, 7, crdt.Vector{us: 3}), crdt.Vector{eu: 5}))
		wantNeed(t, tracker, "nobody in reach keeps entry 3 of eu")
		wantReady(t, tracker)
		tracker.Observe(report(ap, 7, crdt.Vector{us: 4}))
		wantUnready(t, tracker, "it is not the newest copy")
	})
}
