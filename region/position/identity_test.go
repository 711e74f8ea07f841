package position_test

import (
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"pangea/crdt"
	"pangea/region"
	"pangea/region/position"
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
			claims = slices.DeleteFunc(claims, func(c position.Claim) bool { return !c.Answers })
			if len(claims) != answers || gotAll != all || gotSettled != settled {
				t.Errorf("%d answers, all %t, settled %t; want %d, %t, %t", len(claims), gotAll, gotSettled, answers, all, settled)
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

// An older database is not served before the region's own stream, which may have what
// nobody else has, is read back and applied.
func TestReadiness_WaitsForItsOwnStream(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tracker := track("us", 0, "eu")
		local := func(stored, applied uint64) *position.Local {
			l := has(us2, 0, crdt.Vector{us: applied, eu: 1})
			l.Stored = crdt.Vector{us: stored, eu: 1}
			l.Proven, l.Doubt = true, region.Older
			return l
		}
		tracker.Advance(local(5, 5))
		tracker.Observe(report(eu, 1, crdt.Vector{us: 5}))
		wantUnready(t, tracker, "its own stream")
		tracker.Salvaged(us, true)
		wantUnready(t, tracker, "its own stream")
		tracker.Advance(local(8, 5))
		tracker.Salvaged(us2, true)
		if tracker.Recovered() {
			t.Error("what the stream had is not applied")
		}
		wantUnready(t, tracker, "3 entries of us to apply")
		tracker.Advance(local(8, 8))
		wantReady(t, tracker)
		if !tracker.Recovered() {
			t.Error("the stream is read back, and eu knows no more")
		}
		next := func(epoch uint32) *position.Local {
			l := has(crdt.Origin{Region: "us", Epoch: epoch}, 0, crdt.Vector{us: 8, eu: 1})
			l.Proven, l.Doubt = true, region.Older
			return l
		}
		tracker.Advance(next(3)) // begun by a write
		wantReady(t, tracker)
		found := next(3)
		found.Contradicted = true
		tracker.Advance(found)
		tracker.Advance(next(4))
		wantUnready(t, tracker, "its own stream")
	})
}

// What cannot be had of the stream for now keeps no client waiting. It keeps the region from
// deciding about handles, and peers from taking its word for what is stable (I7).
func TestReadiness_DoesNotWaitForWhatOnlyItsStreamHas(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tracker, peer := track("us", 0, "eu"), track("eu", 0, "us")
		connect(t, tracker, peer, 0, 0)
		older := has(us2, 0, crdt.Vector{us: 5, eu: 1})
		older.Proven, older.Doubt = true, region.Older
		tracker.Advance(older)
		peer.Advance(has(eu, 1, crdt.Vector{us: 5}))
		wantUnready(t, tracker, "its own stream")
		tracker.Salvaged(us2, false)
		time.Sleep(3 * time.Second)
		tracker.Beat()
		wantReady(t, tracker)
		if tracker.Sound() || tracker.Recovered() {
			t.Error("us decides about handles")
		}
		wantVector(t, "at eu, stable is", peer.Stable(), nil)
		tracker.Salvaged(us2, true)
		time.Sleep(3 * time.Second)
		wantVector(t, "at eu, stable is", peer.Stable(), crdt.Vector{us: 5, eu: 1})
		if !tracker.Sound() || !tracker.Recovered() {
			t.Error("us decides about no handle")
		}
	})
}

// What waits for what nobody in reach has does not keep a region from serving.
func TestReadiness_WaitsForNothingThatCannotBeHad(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tracker := track("us", 0, "eu", "ap")
		l := has(us2, 0, crdt.Vector{us: 5, eu: 1})
		l.Stored = crdt.Vector{us: 8, eu: 1}
		l.Waiting = map[crdt.Origin]position.Waiting{us: {On: region.Position{Origin: ap, Seq: 4}}}
		tracker.Advance(l)
		tracker.Observe(report(eu, 1, crdt.Vector{us: 5}))
		beat(tracker, position.Silence)
		wantReady(t, tracker)
		tracker = track("us", 0, "eu", "ap")
		tracker.Advance(l)
		tracker.Observe(report(eu, 1, crdt.Vector{us: 5}))
		l.Waiting[us] = position.Waiting{On: region.Position{Origin: eu, Seq: 2}} // which waits too
		l.Waiting[eu] = position.Waiting{On: region.Position{Origin: ap, Seq: 4}}
		l.Stored[eu] = 2
		tracker = track("us", 0, "eu", "ap")
		tracker.Advance(l)
		tracker.Observe(report(eu, 2, crdt.Vector{us: 5}))
		beat(tracker, position.Silence)
		wantReady(t, tracker)
		tracker = track("us", 0, "eu", "ap")
		tracker.Advance(l)
		tracker.Observe(report(eu, 2, crdt.Vector{us: 5}))
		holder := report(ap, 0, crdt.Vector{us: 5})
		holder.Stored = crdt.Vector{us: 5, ap: 4}
		tracker.Observe(holder)
		wantUnready(t, tracker, "1 entries of eu to apply")
	})
}

// An owner that went on from an older database, or from none, decides nothing about
// handles before every registered peer has said what it had decided (I10). Of another
// restart one peer's word is enough.
func TestSound(t *testing.T) {
	doubted := func(known crdt.Vector, d region.Doubt) *position.Local {
		l := has(us2, 1, known)
		l.Proven, l.Doubt = true, d
		return l
	}
	older := func(known crdt.Vector) *position.Local { return doubted(known, region.Older) }
	one, more := report(eu, 0, crdt.Vector{us: 5}), report(ap, 0, crdt.Vector{us: 7})
	proven := has(us, 5, nil)
	proven.Proven = true
	whole, part := true, false // of what its stream has
	for name, c := range map[string]struct {
		local   *position.Local
		answers []region.Report
		stream  bool
		sound   bool
	}{
		"proven":                          {proven, nil, whole, true},
		"restarted, and nobody heard":     {has(us, 5, nil), nil, whole, false},
		"restarted, and one heard":        {has(us, 5, crdt.Vector{eu: 1}), []region.Report{report(eu, 1, crdt.Vector{us: 5})}, whole, true},
		"empty, and one heard":            {has(us, 0, nil), []region.Report{report(eu, 0, nil)}, whole, false},
		"empty, and all heard":            {has(us, 0, nil), []region.Report{report(eu, 0, nil), report(ap, 0, nil)}, whole, true},
		"older, and nobody heard":         {older(crdt.Vector{us: 5}), nil, whole, false},
		"older, and one heard":            {older(crdt.Vector{us: 5}), []region.Report{one}, whole, false},
		"older, and one knows more":       {older(crdt.Vector{us: 5}), []region.Report{one, more}, whole, false},
		"empty once, and one heard":       {doubted(crdt.Vector{us: 5}, region.Empty), []region.Report{one}, whole, false},
		"unheard, and one heard":          {doubted(crdt.Vector{us: 5}, region.Unheard), []region.Report{one}, whole, true},
		"unheard, and one knows more":     {doubted(crdt.Vector{us: 5}, region.Unheard), []region.Report{one, more}, whole, false},
		"older, and what they know too":   {older(crdt.Vector{us: 7}), []region.Report{one, more}, whole, true},
		"older, and the stream has more":  {older(crdt.Vector{us: 7}), []region.Report{one, more}, part, false},
		"older, and a deaf peer has more": {older(crdt.Vector{us: 5}), []region.Report{one, deaf(more)}, whole, false},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				tracker := track("us", 0, "eu", "ap")
				if tracker.Sound() {
					t.Error("sound without a database")
				}
				tracker.Advance(c.local)
				for _, r := range c.answers {
					r.SentAt = time.Now()
					if r.Echoes != nil {
						r.Echoes = map[string]region.Echo{"us": {Instance: "us", SentAt: time.Now(), ReceivedAt: time.Now()}}
					}
					tracker.Observe(r)
				}
				tracker.Salvaged(us2, c.stream)
				if tracker.Sound() != c.sound {
					t.Errorf("sound is %t", !c.sound)
				}
			})
		})
	}
}

// deaf is what a peer says that does not hear us.
func deaf(r region.Report) region.Report {
	r.Echoes = nil
	return r
}

// A peer that is heard, and does not hear this region, still tells what is missing here
// and what contradicts its log: a link may be cut one way.
func TestReadiness_APeerThatDoesNotHearUsCounts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tracker := track("us", 0, "eu")
		tracker.Advance(has(us, 4, nil))
		deaf := deaf(report(eu, 3, crdt.Vector{us: 4}))
		for range 6 {
			tracker.Observe(deaf)
			beat(tracker, time.Second)
		}
		wantUnready(t, tracker, "3 entries of eu")
		tracker.Advance(has(us, 4, crdt.Vector{eu: 3}))
		wantReady(t, tracker)
		deaf.Stored = crdt.Vector{us: 6}
		tracker.Observe(deaf)
		wantUnready(t, tracker, "eu stores our log up to 6 but this database ends at 4")
		if claims, all, _ := tracker.Claims(); all || len(claims) != 1 || claims[0].Stored != 6 {
			t.Errorf("claims %+v, all %t", claims, all)
		}
	})
}

// A proof that was lost is not found again in what peers said before.
func TestClaims_AskAnewWhenTheProofIsLost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tracker := track("us", 0, "eu")
		proven := has(us, 4, nil)
		proven.Proven = true
		tracker.Advance(proven)
		tracker.Observe(report(eu, 0, nil))
		if _, all, _ := tracker.Claims(); !all {
			t.Error("eu does not answer")
		}
		time.Sleep(time.Millisecond)
		tracker.Advance(has(us, 4, nil))
		if _, all, _ := tracker.Claims(); all {
			t.Error("what eu said before counts")
		}
		tracker.Observe(report(eu, 0, nil))
		if _, all, _ := tracker.Claims(); !all {
			t.Error("eu does not answer")
		}
		tracker.Observe(report(eu, 0, crdt.Vector{us: 4})) // without a checksum
		if _, all, _ := tracker.Claims(); all {
			t.Error("eu stores the log and does not say which")
		}
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

		future := crdt.Vector{{Region: "eu", Epoch: 3}: 1}
		waitFor(func() error { return tracker.WaitApplied(t.Context(), future) }).want(t, errWaiting)

		time.Sleep(6 * time.Second) // nobody in reach: somebody may have them
		waitFor(func() error { return tracker.WaitApplied(t.Context(), token) }).want(t, errWaiting)
	})
}
