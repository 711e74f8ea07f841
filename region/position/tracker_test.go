package position_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"pangea/crdt"
)

// outcome is what a wait has returned; errWaiting while it has not.
type outcome struct{ done chan error }

var errWaiting = errors.New("it waits")

func waitFor(wait func() error) outcome {
	o := outcome{make(chan error, 1)}
	go func() { o.done <- wait() }()
	return o
}

func (o outcome) want(t *testing.T, want error) {
	t.Helper()
	synctest.Wait()
	got := errWaiting
	select {
	case got = <-o.done:
	default:
	}
	if !errors.Is(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestWaitApplied(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tracker := track("us", 0, "eu")
		anything := waitFor(func() error { return tracker.WaitApplied(t.Context(), nil) })
		something := waitFor(func() error { return tracker.WaitApplied(t.Context(), crdt.Vector{us: 2, eu: 3}) })
		anything.want(t, errWaiting) // the database is not open
		tracker.Advance(has(us, 2, crdt.Vector{eu: 2}))
		anything.want(t, nil)
		something.want(t, errWaiting)
		tracker.Advance(has(us, 2, crdt.Vector{eu: 3}))
		something.want(t, nil)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if err := tracker.WaitApplied(ctx, crdt.Vector{ap: 1}); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v, want %v", err, context.DeadlineExceeded)
		}
	})
}

// An acknowledgement is a registered peer's word that it stores the entry.
func TestWaitStored(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tracker := track("us", 0, "eu", "ap")
		stored := func(all bool) func() error {
			return func() error { return tracker.WaitStored(t.Context(), crdt.Vector{us: 2}, all) }
		}
		if err := tracker.WaitStored(t.Context(), nil, true); err != nil {
			t.Errorf("what is in no log: %v", err)
		}
		if err := track("us", 0).WaitStored(t.Context(), crdt.Vector{us: 2}, true); err != nil {
			t.Errorf("a region without peers: %v", err)
		}
		one, two := waitFor(stored(false)), waitFor(stored(true))
		tracker.Observe(report(eu, 0, crdt.Vector{us: 1}))
		one.want(t, errWaiting)
		waiting := report(eu, 0, crdt.Vector{us: 1}) // stored, not applied
		waiting.Stored = crdt.Vector{us: 2}
		tracker.Observe(waiting)
		one.want(t, nil)
		two.want(t, errWaiting)
		tracker.SetRegistered("ap", false)
		two.want(t, nil) // what is left of all has it
		tracker.SetRegistered("eu", false)
		tracker.Observe(report(ap, 0, crdt.Vector{us: 9}))
		none := waitFor(stored(true))
		none.want(t, errWaiting) // nobody's word counts
		tracker.SetRegistered("ap", true)
		none.want(t, nil)
		tracker.SetRegistered("eu", true)
		tracker.Observe(report(eu, 0, crdt.Vector{us: 1})) // out of order: positions only rise
		waitFor(stored(true)).want(t, nil)
		ctx, cancel := context.WithCancel(t.Context())
		late := waitFor(func() error { return tracker.WaitStored(ctx, crdt.Vector{us: 10}, false) })
		late.want(t, errWaiting)
		cancel()
		late.want(t, context.Canceled)
	})
}

// An older copy of the database says nothing of who is registered now.
func TestDistrust(t *testing.T) {
	tracker := track("us", 0, "eu", "ap")
	tracker.Remember("eu", false, time.Now(), nil, nil)
	if n := tracker.Registered(); n != 1 {
		t.Errorf("%d peers are registered, want 1", n)
	}
	tracker.Distrust()
	tracker.Remember("ap", false, time.Now(), nil, nil)
	if n := tracker.Registered(); n != 2 {
		t.Errorf("%d peers are registered, want 2", n)
	}
}

// What the database remembers of a peer counts, and what it has said since more.
func TestRemember(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tracker, earlier := track("us", 0, "eu"), time.Now().Add(-time.Hour)
		tracker.Advance(has(us, 9, nil))
		tracker.Remember("eu", true, earlier, crdt.Vector{us: 7}, crdt.Vector{us: 6})
		tracker.Remember("xx", true, earlier, nil, nil)
		wantFetched(t, tracker, 7)
		wantVector(t, "kept is", tracker.Kept(), crdt.Vector{us: 6})
		wantVector(t, "stable is", tracker.Stable(), nil) // it says nothing of eu's own log
		if p := tracker.Peers()[0]; p.Heard || !p.Reported.Equal(earlier) {
			t.Errorf("%+v", p)
		}
		tracker.Observe(report(eu, 0, crdt.Vector{us: 8}))
		tracker.Remember("eu", false, earlier, crdt.Vector{us: 7}, crdt.Vector{us: 6})
		if p := tracker.Peers()[0]; !p.Heard || p.Registered || !p.Reported.Equal(time.Now()) || p.Stored[us] != 8 {
			t.Errorf("%+v", p)
		}
	})
}
