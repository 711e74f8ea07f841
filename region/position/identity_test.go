package position_test

import (
	"testing"
	"testing/synctest"
	"time"

	"pangea/crdt"
	"pangea/region"
)

var (
	us2 = crdt.Origin{Region: "us", Epoch: 2}
	eu2 = crdt.Origin{Region: "eu", Epoch: 2}
)

// Claims tell what every peer that answers stores of the own log, and whether anybody
// else could know more (I14).
func TestClaims(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tracker, sum := track("us", 0, "eu", "ap"), region.Checksum{7}
		want := func(answers int, all, settled bool) {
			t.Helper()
			claims, gotAll, gotSettled := tracker.Claims()
			if len(claims) != answers || gotAll != all || gotSettled != settled {
				t.Errorf("%d claims, all %t, settled %t; want %d, %t, %t", len(claims), gotAll, gotSettled, answers, all, settled)
			}
		}
		want(0, false, false)
		tracker.Advance(has(us, 3, nil))
		want(0, false, false)
		r := report(eu, 1, crdt.Vector{us: 2, us2: 5})
		r.Sums = map[crdt.Origin]region.Checksum{us: sum}
		tracker.Observe(r)
		want(1, false, false)
		if claims, _, _ := tracker.Claims(); claims[0].Peer != "eu" || claims[0].Stored != 2 || claims[0].Epoch != 2 ||
			!claims[0].Said || claims[0].Sum != sum {
			t.Errorf("%+v", claims[0])
		}
		other := report(ap, 1, nil) // ap hears another process of this name
		other.Echoes["us"] = region.Echo{Instance: "another us", SentAt: time.Now()}
		tracker.Observe(other)
		want(1, false, false)
		beat(tracker, 5*time.Second)
		want(1, false, true)
		tracker.Observe(report(ap, 1, nil))
		want(2, true, true)
	})
}

// A peer's new process knows what its database has, whatever the old one said (I4).
func TestObserve_ANewProcessMayKnowLess(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tracker := track("us", 0, "eu")
		tracker.Advance(has(us, 9, nil))
		tracker.Observe(report(eu, 3, crdt.Vector{us: 9}))
		tracker.Observe(report(eu, 3, crdt.Vector{us: 8})) // late
		wantVector(t, "kept is", tracker.Kept(), crdt.Vector{us: 9})
		restored := report(eu, 2, crdt.Vector{us: 4})
		restored.Instance = "the next"
		tracker.Observe(restored)
		wantVector(t, "kept is", tracker.Kept(), crdt.Vector{us: 4})
		wantFetched(t, tracker, 4)
		wantVector(t, "stable is", tracker.Stable(), nil)
	})
}

// What a peer stores of this region's former logs was acknowledged: the region has it
// before it serves, even if the peer could not apply it yet.
func TestReadiness_WaitsForItsFormerLogs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tracker := track("us", 0, "eu")
		tracker.Advance(has(us2, 0, crdt.Vector{us: 5, eu: 1}))
		r := report(eu, 1, crdt.Vector{us: 5})
		r.Stored = crdt.Vector{us: 8, eu: 1}
		tracker.Observe(r)
		wantUnready(t, tracker, "3 entries of us to apply")
		tracker.Advance(has(us2, 0, crdt.Vector{us: 8, eu: 1}))
		wantReady(t, tracker)
	})
}

// An owner that went on from an older database decides nothing about handles before
// every registered peer has said what it had decided (I10).
func TestSound(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tracker := track("us", 0, "eu", "ap")
		want := func(sound bool) {
			t.Helper()
			if tracker.Sound() != sound {
				t.Errorf("sound is %t", !sound)
			}
		}
		want(false)
		tracker.Advance(has(us, 5, nil))
		want(true)
		restored := has(us2, 0, crdt.Vector{us: 5})
		restored.Doubted = true
		tracker.Advance(restored)
		want(false)
		tracker.Observe(report(eu, 0, crdt.Vector{us: 5}))
		want(false)
		tracker.Observe(report(ap, 0, crdt.Vector{us: 7}))
		want(false)
		restored = has(us2, 1, crdt.Vector{us: 7})
		restored.Doubted = true
		tracker.Advance(restored)
		want(true)
		tracker.Advance(has(us2, 1, crdt.Vector{us: 5}))
		want(true)
	})
}

// A client's token may name entries that were lost with the region that wrote them.
func TestWaitApplied_DoesNotWaitForWhatIsLost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tracker := track("us", 0, "eu", "ap")
		tracker.Advance(has(us, 1, crdt.Vector{eu: 5}))
		tracker.Observe(report(eu, 9, nil))
		tracker.Observe(report(ap, 0, crdt.Vector{eu: 6}))
		token := crdt.Vector{us: 1, eu: 9}
		w := waitFor(func() error { return tracker.WaitApplied(t.Context(), token) })
		w.want(t, errWaiting)
		again := report(eu2, 0, nil) // eu lost 7 to 9
		again.Instance = "the next"
		tracker.Observe(again)
		w.want(t, errWaiting)
		tracker.Advance(has(us, 1, crdt.Vector{eu: 6}))
		w.want(t, nil)

		time.Sleep(6 * time.Second) // nobody in reach: somebody may have them
		waitFor(func() error { return tracker.WaitApplied(t.Context(), token) }).want(t, errWaiting)
	})
}
