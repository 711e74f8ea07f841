package position_test

import (
	"reflect"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"pangea/crdt"
	"pangea/region/position"
)

var af = crdt.Origin{Region: "af", Epoch: 1}

const relayAfter = 2 * time.Second

// wantWanted checks which logs are to be read from whom, with the relay on or off.
func wantWanted(t *testing.T, tracker *position.Tracker, after time.Duration, want ...position.Wanted) {
	t.Helper()
	if got := tracker.Wanted(after); len(got)+len(want) > 0 && !reflect.DeepEqual(got, want) {
		t.Errorf("relay after %s: %v, want %v", after, got, want)
	}
}

// hold keeps peers within reach for d: each goes on saying what it stores.
func hold(tracker *position.Tracker, d time.Duration, says map[crdt.Origin]crdt.Vector) {
	for range d / time.Second {
		time.Sleep(time.Second)
		for from, stored := range says {
			tracker.Observe(report(from, stored[from], stored))
		}
	}
}

// A silent origin's log is read from who has it, once its silence has lasted, and only
// if the relay is on. The origin itself is heard again: its stream has the rest.
func TestWanted_ASilentOriginsLog(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tracker := track("us", 0, "eu", "ap")
		wantWanted(t, tracker, relayAfter) // the database is not open
		tracker.Advance(has(us, 3, crdt.Vector{eu: 4}))
		tracker.Observe(report(eu, 7, nil))
		tracker.Observe(report(ap, 0, crdt.Vector{eu: 5}))
		wantWanted(t, tracker, relayAfter)
		hold(tracker, relayAfter-time.Second, map[crdt.Origin]crdt.Vector{ap: {eu: 5}})
		wantWanted(t, tracker, relayAfter)
		hold(tracker, time.Second, map[crdt.Origin]crdt.Vector{ap: {eu: 5}})
		wantWanted(t, tracker, relayAfter, position.Wanted{Origin: eu, Holders: []string{"ap"}})
		wantWanted(t, tracker, 0)
		tracker.Advance(has(us, 3, crdt.Vector{eu: 5})) // there is no more of it
		wantWanted(t, tracker, relayAfter)
		tracker.Advance(has(us, 3, crdt.Vector{eu: 4}))
		tracker.Observe(report(eu, 7, nil))
		wantWanted(t, tracker, relayAfter)
	})
}

// No stream brings a former epoch of anyone, this region included, whether the relay is
// on or off. Who has a new log may hold what it had of the former.
func TestWanted_FormerEpochs(t *testing.T) {
	tracker := track("us", 0, "eu", "ap")
	tracker.Advance(has(us2, 3, crdt.Vector{us: 2, eu: 4}))
	tracker.Observe(report(eu2, 9, crdt.Vector{us2: 7, eu: 6}))
	tracker.Observe(report(ap, 0, crdt.Vector{us: 5}))
	for _, after := range []time.Duration{0, relayAfter} {
		wantWanted(t, tracker, after, position.Wanted{Origin: eu, Holders: []string{"eu"}}, position.Wanted{Origin: us, Holders: []string{"ap"}})
	}
}

// What its origin no longer keeps is read from who does, until the stream has the rest.
func TestWanted_WhatTheOriginHasDropped(t *testing.T) {
	tracker := track("us", 0, "eu", "ap")
	tracker.Advance(has(us, 3, crdt.Vector{eu: 4}))
	dropped := report(eu, 9, nil)
	dropped.Floors = crdt.Vector{eu: 6}
	tracker.Observe(dropped)
	tracker.Observe(report(ap, 0, crdt.Vector{eu: 9}))
	wantWanted(t, tracker, 0, position.Wanted{Origin: eu, Holders: []string{"ap"}})
	tracker.Advance(has(us, 3, crdt.Vector{eu: 5}))
	wantWanted(t, tracker, 0)
}

// Of a peer that was never heard of it is not known which log is its present one: its
// logs are read from others when it counts as silent.
func TestWanted_APeerNeverHeardOf(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tracker := track("us", 0, "eu", "ap")
		tracker.Advance(has(us, 3, nil))
		tracker.Observe(report(ap, 0, crdt.Vector{eu: 5, eu2: 2}))
		wantWanted(t, tracker, relayAfter)
		hold(tracker, relayAfter, map[crdt.Origin]crdt.Vector{ap: {eu: 5, eu2: 2}})
		wantWanted(t, tracker, relayAfter, position.Wanted{Origin: eu, Holders: []string{"ap"}}, position.Wanted{Origin: eu2, Holders: []string{"ap"}})
		wantWanted(t, tracker, 0)
	})
}

// Holders are the reachable peers that have the next entry still: first who has most.
func TestWanted_TheHolders(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tracker := track("us", 0, "eu", "ap", "af", "sa")
		tracker.Observe(report(crdt.Origin{Region: "sa", Epoch: 1}, 0, crdt.Vector{eu: 99}))
		time.Sleep(position.Silence) // sa is out of reach
		tracker.Observe(report(eu2, 0, nil))
		tracker.Observe(report(af, 0, crdt.Vector{eu: 3}))
		trimmed := report(ap, 0, crdt.Vector{eu: 5})
		trimmed.Floors = crdt.Vector{eu: 3}
		tracker.Observe(trimmed)
		for stored, want := range []string{"af", "af", "ap af", "ap", "ap", ""} {
			tracker.Advance(has(us, 3, crdt.Vector{eu: uint64(stored)}))
			if want == "" {
				wantWanted(t, tracker, 0)
			} else {
				wantWanted(t, tracker, 0, position.Wanted{Origin: eu, Holders: strings.Fields(want)})
			}
		}
	})
}

// A silent origin that still counts as reachable is not asked to relay its own present
// log, though it has more of it than anyone.
func TestWanted_AnOriginDoesNotRelayItsOwnLog(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tracker := track("us", 0, "eu", "ap")
		tracker.Advance(has(us, 3, nil))
		tracker.Observe(report(eu, 7, nil))
		time.Sleep(relayAfter) // within Silence: it still counts as reachable
		wantWanted(t, tracker, relayAfter)
		tracker.Observe(report(ap, 0, crdt.Vector{eu: 2}))
		wantWanted(t, tracker, relayAfter, position.Wanted{Origin: eu, Holders: []string{"ap"}})
	})
}
