package position_test

import (
	"testing"
	"testing/synctest"
	"time"

	"pangea/crdt"
	"pangea/region"
)

var hours = map[string]time.Duration{"equal clocks": 0, "an hour ahead": time.Hour, "an hour behind": -time.Hour}

// The estimate is wrong by half of the difference between the two ways, as NTP's is.
func TestOffset_AcrossAnAsymmetricPath(t *testing.T) {
	for name, ahead := range hours {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				here, there := track("us", 0, "eu"), track("eu", ahead, "us")
				here.Advance(has(us, 0, nil))
				there.Advance(has(eu, 0, nil))
				connect(t, here, there, 10*time.Millisecond, 90*time.Millisecond)
				time.Sleep(3 * time.Second)
				if got, want := here.Offset("eu"), ahead-40*time.Millisecond; got != want {
					t.Errorf("us takes eu for %s ahead, want %s", got, want)
				}
				if got, want := there.Offset("us"), 40*time.Millisecond-ahead; got != want {
					t.Errorf("eu takes us for %s ahead, want %s", got, want)
				}
			})
		})
	}
}

// A slow exchange says less than a quick one of the last minute.
func TestOffset_KeepsTheBestExchange(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tracker := track("us", 0, "eu")
		exchange := func(back time.Duration) time.Duration {
			r := report(eu, 0, nil)
			time.Sleep(back)
			tracker.Observe(r)
			return tracker.Offset("eu")
		}
		if got := exchange(time.Second); got != -500*time.Millisecond {
			t.Errorf("offset %s at first", got)
		}
		if got := exchange(2 * time.Millisecond); got != -time.Millisecond {
			t.Errorf("offset %s after a quicker exchange", got)
		}
		if got := exchange(2 * time.Second); got != -time.Millisecond {
			t.Errorf("offset %s after an exchange that took 2 s", got)
		}
		time.Sleep(time.Minute)
		if got := exchange(20 * time.Millisecond); got != -10*time.Millisecond {
			t.Errorf("offset %s, though the best exchange is a minute old", got)
		}
	})
}

// Age is measured between two clocks.
func TestLag_AgeWhateverTheClocks(t *testing.T) {
	for name, ahead := range hours {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				here, there := track("us", 0, "eu"), track("eu", ahead, "us")
				here.Advance(has(us, 0, nil))
				there.Advance(has(eu, 0, nil))
				connect(t, here, there, 50*time.Millisecond, 50*time.Millisecond)
				time.Sleep(3 * time.Second)
				there.Advance(has(eu, 7, nil))
				time.Sleep(10 * time.Second)
				lag := here.Lag()[eu]
				if lag.Entries != 7 || lag.Writes != 70 {
					t.Errorf("behind by %d entries, %d writes", lag.Entries, lag.Writes)
				}
				if lag.Age < 9*time.Second || lag.Age > 10*time.Second { // a report may be a second late
					t.Errorf("behind by %s, want 10 s", lag.Age)
				}
			})
		})
	}
}

// What has been applied no longer counts: the age is that of the oldest missing entry.
func TestLag_AgeIsOfTheOldestMissingEntry(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tracker := track("us", 0, "eu")
		for seq := range uint64(10) { // one a second
			time.Sleep(time.Second)
			tracker.Observe(report(eu, seq+1, nil))
		}
		for applied := uint64(0); applied <= 10; applied++ {
			tracker.Advance(has(us, 0, crdt.Vector{eu: applied}))
			lag, want := tracker.Lag()[eu], region.Lag{}
			if applied < 10 {
				want = region.Lag{Entries: 10 - applied, Writes: 10 * (10 - applied), Age: time.Duration(9-applied) * time.Second, Left: -time.Second}
			}
			if lag != want {
				t.Errorf("%d applied: %+v, want %+v", applied, lag, want)
			}
		}
	})
}

// Another peer may have got further than the origin's last report tells.
func TestLag_AnotherPeerKnowsMore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tracker := track("us", 0, "eu", "ap")
		tracker.Advance(has(us, 0, crdt.Vector{eu: 2}))
		tracker.Observe(report(eu, 2, nil))
		tracker.Observe(report(ap, 0, crdt.Vector{eu: 5}))
		if lag := tracker.Lag()[eu]; lag.Entries != 3 || lag.Writes != 30 {
			t.Errorf("ap has applied 5: %+v", lag)
		}
		stored := report(ap, 0, crdt.Vector{eu: 2})
		stored.Stored = crdt.Vector{eu: 6}
		tracker.Observe(stored)
		if lag := tracker.Lag()[eu]; lag.Entries != 4 || lag.Writes != 4 {
			t.Errorf("ap stores 6, nobody says how many events: %+v, want one for each entry", lag)
		}
	})
}

// A silent peer may have written anything since.
func TestLag_SilenceCountsAsAge(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tracker := track("us", 0, "eu")
		tracker.Advance(has(us, 0, crdt.Vector{eu: 2}))
		tracker.Observe(report(eu, 2, nil))
		time.Sleep(2 * time.Second)
		if lag := tracker.Lag()[eu]; lag != (region.Lag{}) {
			t.Errorf("after 2 s of silence: %+v", lag)
		}
		time.Sleep(time.Minute)
		if lag := tracker.Lag()[eu]; lag != (region.Lag{Age: 62 * time.Second}) {
			t.Errorf("after 62 s of silence: %+v", lag)
		}
	})
}

// A peer that was seeded anew begins another log. What is missing of the former one,
// and of this region's own former log, is behind as well.
func TestLag_AgeInANewEpoch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tracker := track("us", 0, "eu")
		tracker.Advance(has(us, 0, crdt.Vector{eu: 5}))
		tracker.Observe(report(eu, 6, nil)) // the last is lost
		time.Sleep(time.Second)
		again := crdt.Origin{Region: "eu", Epoch: 2}
		tracker.Observe(report(again, 1, nil))
		time.Sleep(time.Second)
		if lag := tracker.Lag()[again]; lag != (region.Lag{Entries: 1, Writes: 10, Age: time.Second, Left: -time.Second}) {
			t.Errorf("an entry of a second ago: %+v", lag)
		}
		if lag := tracker.Lag()[eu]; lag != (region.Lag{}) {
			t.Errorf("of the former log, which nobody has more of: %+v", lag)
		}
		former := crdt.Origin{Region: "us", Epoch: 9}
		tracker.Observe(report(again, 1, crdt.Vector{eu: 8, former: 2, us: 4}))
		time.Sleep(time.Second)
		lags := tracker.Lag()
		if lag := lags[eu]; lag != (region.Lag{Entries: 3, Writes: 30, Age: 3 * time.Second, Left: -time.Second}) {
			t.Errorf("of the former log, once eu has more of it: %+v", lag)
		}
		if lag := lags[former]; lag != (region.Lag{Entries: 2, Writes: 20, Age: time.Second, Left: -time.Second}) {
			t.Errorf("of a former log of this region: %+v", lag)
		}
		if lag, ok := lags[us]; ok {
			t.Errorf("of the own log: %+v", lag)
		}
	})
}
