package position_test

import (
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"pangea/crdt"
	"pangea/region"
	"pangea/region/position"
)

// wantNeed checks why a snapshot is needed, "" for not at all, and who can give one.
func wantNeed(t *testing.T, tracker *position.Tracker, why string, donors ...string) {
	t.Helper()
	got, from := tracker.Need()
	if (got == "") != (why == "") || !strings.Contains(got, why) || !slices.Equal(from, donors) {
		t.Errorf("needs %q from %v; want %q from %v", got, from, why, donors)
	}
}

func keeps(r region.Report, floors crdt.Vector) region.Report {
	r.Floors = floors
	return r
}

// A database that is empty, though peers know a log of the region, needs a snapshot: it
// merges nothing before, and does not serve. It still does when nobody is in reach.
func TestNeed_ALostDatabase(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tracker := track("us", 0, "eu", "ap")
		tracker.Advance(has(us2, 0, nil))
		wantNeed(t, tracker, "")
		if !tracker.Hold() {
			t.Error("it merges before it knows")
		}
		tracker.Observe(report(eu, 4, crdt.Vector{us: 5}))
		tracker.Observe(report(ap, 0, nil))
		wantNeed(t, tracker, "this database is empty, and there were us=5", "eu")
		wantUnready(t, tracker, "it needs a peer's snapshot")
		if !tracker.Hold() {
			t.Error("it merges before it has joined")
		}
		beat(tracker, 6*time.Second)
		wantNeed(t, tracker, "this database is empty")
		wantUnready(t, tracker, "it needs a peer's snapshot")

		tracker.Observe(report(eu, 4, crdt.Vector{us: 5}))
		tracker.Join("eu")
		wantUnready(t, tracker, "it joins the snapshot of eu")
		tracker.Advance(has(us2, 0, crdt.Vector{us: 5, eu: 4}))
		time.Sleep(time.Millisecond)
		tracker.Joined()
		wantNeed(t, tracker, "")
		wantUnready(t, tracker, "joined a snapshot: waiting to hear from ap, eu")
		tracker.Observe(report(eu, 6, crdt.Vector{us: 5}))
		tracker.Observe(report(ap, 0, nil))
		wantUnready(t, tracker, "2 entries of eu")
		if tracker.Hold() {
			t.Error("it does not merge after it has joined")
		}
	})
}

// Where the only peer is gone for good, a lost database is filled by the region's own stream.
func TestNeed_TheLostDoNotWaitForTheDeregistered(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tracker := track("us", 0, "eu")
		lost := has(us2, 0, nil)
		lost.Doubt = region.Older
		tracker.Advance(lost)
		beat(tracker, 6*time.Second)
		wantNeed(t, tracker, "this database is empty")
		if !tracker.Hold() {
			t.Error("it merges before it has joined")
		}
		tracker.SetRegistered("eu", false)
		wantNeed(t, tracker, "")
		if tracker.Hold() {
			t.Error("it does not merge what its stream has")
		}
	})
}

// In a new world there is nothing to join.
func TestNeed_ANewRegionReadsLogs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tracker := track("us", 0, "eu")
		tracker.Advance(has(us, 0, nil))
		tracker.Observe(keeps(report(eu, 4, nil), crdt.Vector{eu: 1}))
		wantNeed(t, tracker, "")
		if tracker.Hold() {
			t.Error("it does not merge")
		}
	})
}

// A region that is below what anybody in reach keeps of some log needs a snapshot.
func TestNeed_BelowRetention(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tracker := track("us", 0, "eu", "ap")
		tracker.Advance(has(us, 3, crdt.Vector{eu: 5, ap: 1}))
		tracker.Observe(keeps(report(eu, 9, crdt.Vector{us: 3, ap: 1}), crdt.Vector{eu: 7, ap: 1}))
		tracker.Observe(keeps(report(ap, 1, crdt.Vector{us: 3, eu: 9}), crdt.Vector{eu: 6, ap: 1}))
		wantNeed(t, tracker, "") // ap has entry 6
		tracker.Observe(keeps(report(ap, 1, crdt.Vector{us: 3, eu: 9}), crdt.Vector{eu: 8, ap: 1}))
		wantNeed(t, tracker, "nobody in reach keeps entry 6 of eu", "ap", "eu")
		tracker.Advance(has(us, 3, crdt.Vector{eu: 7, ap: 1}))
		wantNeed(t, tracker, "")
	})
}

// The nearest peer that serves comes first; one that is as far behind is none.
func TestNeed_Donors(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tracker := position.New("us", "us", time.Now)
		for _, name := range []string{"eu", "ap", "af", "sa"} {
			tracker.Register(name)
		}
		tracker.Advance(has(us, 0, crdt.Vector{eu: 1}))
		far, near, unready, behind := report(eu, 9, nil), report(ap, 0, crdt.Vector{eu: 9}),
			report(crdt.Origin{Region: "af", Epoch: 1}, 0, crdt.Vector{eu: 9}), report(crdt.Origin{Region: "sa", Epoch: 1}, 0, crdt.Vector{eu: 1})
		unready.Ready = false
		asked := region.Echo{Instance: "us", SentAt: time.Now(), ReceivedAt: time.Now()}
		for r, rtt := range map[*region.Report]time.Duration{&far: 200 * time.Millisecond, &near: 50 * time.Millisecond, &unready: 0, &behind: 0} {
			r.Echoes = map[string]region.Echo{"us": asked}
			r.SentAt = asked.ReceivedAt
			r.Floors = crdt.Vector{eu: 5}
			time.AfterFunc(rtt, func() { tracker.Observe(*r) })
		}
		time.Sleep(time.Second)
		wantNeed(t, tracker, "nobody in reach keeps entry 2 of eu", "ap", "eu", "af")
	})
}

// A region that serves goes on to, though it needs a snapshot, until another serves in its
// place and will go on to: of several that need one, the first by name joins first.
func TestNeed_OneAfterTheOther(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tracker := track("us", 0, "eu", "ap")
		tracker.Advance(has(us, 3, crdt.Vector{eu: 4, ap: 1}))
		tracker.Observe(report(eu, 4, crdt.Vector{us: 3, ap: 1}))
		tracker.Observe(report(ap, 1, crdt.Vector{us: 3, eu: 4}))
		wantReady(t, tracker)

		hear := func(apReady, apNeeds, euReady bool) {
			a, e := keeps(report(ap, 1, crdt.Vector{us: 3, eu: 4}), crdt.Vector{ap: 1}), keeps(report(eu, 9, crdt.Vector{us: 3, ap: 1}), crdt.Vector{eu: 7})
			a.Ready, a.Needs, e.Ready = apReady, apNeeds, euReady
			tracker.Observe(a)
			tracker.Observe(e)
			tracker.Beat()
		}
		for name, c := range map[string]struct {
			apReady, apNeeds, euReady bool
			donors                    []string
		}{
			"ap goes first":           {true, true, false, nil},
			"ap goes first, of three": {true, true, true, nil},
			"nobody else serves":      {false, true, false, nil},
			"ap is done":              {true, false, false, []string{"eu"}},
			"ap joins, and eu serves": {false, true, true, []string{"eu"}},
			"nobody else needs one":   {true, false, true, []string{"eu"}},
		} {
			for range 6 {
				hear(c.apReady, c.apNeeds, c.euReady)
				tracker.Need() // as the seeder asks, all the time
				time.Sleep(time.Second)
			}
			if _, donors := tracker.Need(); !slices.Equal(donors, c.donors) {
				t.Errorf("%s: it asks %v, want %v", name, donors, c.donors)
			}
			wantReady(t, tracker)
		}
	})
}

// One that cannot begin gives its turn away, and later takes it again: nobody waits for it
// for good.
func TestNeed_OneThatCannotBeginLetsOthersGoFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		za := crdt.Origin{Region: "za", Epoch: 1}
		tracker := track("us", 0, "za", "eu")
		hear := func(seconds int, zaNeeds bool) {
			for range seconds {
				z, e := report(za, 3, crdt.Vector{eu: 4}), keeps(report(eu, 9, crdt.Vector{za: 3}), crdt.Vector{eu: 7})
				z.Needs = zaNeeds
				tracker.Observe(z)
				tracker.Observe(e)
				tracker.Need()
				beat(tracker, time.Second)
			}
		}
		said := &announced{}
		go func() { _ = tracker.Report(t.Context(), said) }()
		tracker.Advance(has(us, 1, crdt.Vector{za: 3, eu: 4}))
		tracker.Observe(report(za, 3, crdt.Vector{eu: 4}))
		tracker.Observe(report(eu, 4, crdt.Vector{za: 3}))
		wantReady(t, tracker)
		want := func(needs bool, donors ...string) {
			t.Helper()
			wantNeed(t, tracker, "entry 5 of eu", donors...)
			if said.needs.Load() != needs {
				t.Errorf("us announces that it needs a snapshot: %t", !needs)
			}
		}
		hear(6, true)
		want(true, "eu") // before za
		tracker.Yield()
		hear(2, true)
		want(false)
		hear(2, false)
		want(false, "eu") // nobody else needs one
		hear(29, true)
		want(true) // it is announced again first
		hear(5, true)
		want(true, "eu")
	})
}

// announced is whether a region's last report says that it needs a snapshot.
type announced struct{ needs atomic.Bool }

func (a *announced) PublishReport(r region.Report) error {
	a.needs.Store(r.Needs)
	return nil
}

// All have to know that a region needs a snapshot before it stops serving.
func TestNeed_IsAnnouncedFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tracker := track("us", 0, "eu")
		tracker.Advance(has(us, 3, crdt.Vector{eu: 4}))
		tracker.Observe(report(eu, 4, crdt.Vector{us: 3}))
		wantReady(t, tracker)
		for range 4 {
			tracker.Observe(keeps(report(eu, 9, crdt.Vector{us: 3}), crdt.Vector{eu: 7}))
			wantNeed(t, tracker, "nobody in reach keeps entry 5 of eu")
			beat(tracker, time.Second)
		}
		beat(tracker, time.Second)
		tracker.Observe(keeps(report(eu, 9, crdt.Vector{us: 3}), crdt.Vector{eu: 7}))
		wantNeed(t, tracker, "nobody in reach keeps entry 5 of eu", "eu")
		wantReady(t, tracker)
		tracker.Join("eu")
		wantUnready(t, tracker, "it joins the snapshot of eu")
	})
}
