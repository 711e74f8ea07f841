package applier

import (
	"slices"
	"testing"
	"time"

	"pangea/crdt"
	"pangea/region/position"
)

func wanted(names ...string) (all []position.Wanted) {
	for _, name := range names {
		all = append(all, position.Wanted{Origin: crdt.Origin{Region: name, Epoch: 1}, Holders: []string{"us"}})
	}
	return all
}

// Each log gets a page in turn, however much there is of one, and none gets two at a
// time.
func TestTurns_GoRound(t *testing.T) {
	all, now, logs := wanted("a", "b", "c"), time.Now(), turns{}
	var taken []string
	for range 7 {
		now = now.Add(time.Second)
		first, ok := logs.take(all, now)
		second, ok2 := logs.take(all, now.Add(time.Millisecond))
		if !ok || !ok2 {
			t.Fatal("nothing is due")
		}
		taken = append(taken, first.Origin.Region, second.Origin.Region)
		logs.end(first.Origin, now)
		logs.end(second.Origin, now)
	}
	want := []string{"a", "b", "c", "a", "b", "c", "a", "b", "c", "a", "b", "c", "a", "b"}
	if !slices.Equal(taken, want) {
		t.Errorf("taken %v, want %v", taken, want)
	}
}

// A log that is being read, or that rests, is not due.
func TestTurns_OneAtATimeAndNotBeforeItIsDue(t *testing.T) {
	a, now, logs := wanted("a"), time.Now(), turns{}
	due := now.Add(time.Second)
	take := func(at time.Time, want bool) {
		t.Helper()
		if _, ok := logs.take(a, at); ok != want {
			t.Errorf("due: %t, want %t", ok, want)
		}
	}
	take(now, true)
	take(now, false)
	logs.end(a[0].Origin, due)
	take(due.Add(-1), false)
	take(due, true)
}

// What is no longer wanted is forgotten, but not while it is read, or rests.
func TestTurns_Forget(t *testing.T) {
	a, now, logs := wanted("a"), time.Now(), turns{}
	due := now.Add(time.Second)
	forget := func(wanted []position.Wanted, at time.Time, want int) {
		t.Helper()
		if got := logs.forget(wanted, at); len(got) != want {
			t.Errorf("forgotten: %v, want %d", got, want)
		}
	}
	logs.take(a, now)
	forget(nil, now, 0)
	logs.end(a[0].Origin, due)
	forget(nil, due.Add(-1), 0)
	forget(a, due, 0)
	forget(nil, due, 1)
	forget(nil, due, 0)
}
