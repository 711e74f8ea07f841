package tally

import "testing"

func TestTally_Interval(t *testing.T) {
	tally := New()
	tally.Acknowledge("a", 10)
	tally.Acknowledge("a", -3)
	tally.LeaveOpen("a", 4)
	tally.LeaveOpen("a", -2)
	if low, high := tally.Counters["a"].Interval(); low != 5 || high != 11 {
		t.Errorf("got [%d, %d], want [5, 11]", low, high)
	}
	if tally.Acknowledged != 2 || tally.Unanswered != 2 {
		t.Errorf("got %d acknowledged, %d unanswered, want 2 and 2", tally.Acknowledged, tally.Unanswered)
	}
}

func TestTally_MergeAddsUp(t *testing.T) {
	one, two := New(), New()
	one.Acknowledge("a", 1)
	one.LeaveOpen("b", 2)
	two.Acknowledge("a", 4)
	two.LeaveOpen("a", -8)
	one.Merge(two)
	if got, want := one.Counters["a"], (Counter{Incr: 5, UnansweredDecrs: 8}); got != want {
		t.Errorf("a: got %+v, want %+v", got, want)
	}
	if got, want := one.Sum(), (Counter{Incr: 5, UnansweredIncrs: 2, UnansweredDecrs: 8}); got != want {
		t.Errorf("sum: got %+v, want %+v", got, want)
	}
	if one.Acknowledged != 2 || one.Unanswered != 2 {
		t.Errorf("got %d acknowledged, %d unanswered, want 2 and 2", one.Acknowledged, one.Unanswered)
	}
}
