package crdt_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"pangea/crdt"
)

func TestStamp_TickIsMonotoneUnderAnyClock(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var last crdt.Stamp
		for _, ms := range rapid.SliceOfN(rapid.Int64Range(-5, 1<<46), 1, 50).Draw(t, "clock") {
			now := last.Tick(millis(ms))
			if now <= last {
				t.Fatalf("%d after %d", now, last)
			}
			if now < crdt.StampAt(millis(ms)) {
				t.Fatalf("%d is behind the physical clock at %d ms", now, ms)
			}
			last = now
		}
	})
}

func TestStamp_TickWhenTheClockJumpsBack(t *testing.T) {
	now := millis(1_700_000_000_000)
	s := crdt.StampAt(now)
	for i := range 3 {
		next := s.Tick(now.Add(-time.Hour))
		if next != s+1 || !next.Time().Equal(now) {
			t.Fatalf("tick %d went from %d to %d", i, s, next)
		}
		s = next
	}
}

func TestStamp_FullCounterCarries(t *testing.T) {
	now := millis(1_700_000_000_000)
	full := crdt.StampAt(now) + 1<<16 - 1
	if !full.Time().Equal(now) {
		t.Fatalf("a full counter already reads %v", full.Time())
	}
	next := full.Tick(now)
	if want := crdt.StampAt(now.Add(time.Millisecond)); next != want {
		t.Errorf("got %d, want the next millisecond, %d", next, want)
	}
}

func TestStamp_TimeRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		at := millis(rapid.Int64Range(0, 1<<47-1).Draw(t, "ms"))
		counter := rapid.Int64Range(0, 1<<16-1).Draw(t, "counter")
		if got := (crdt.StampAt(at) + crdt.Stamp(counter)).Time(); !got.Equal(at) {
			t.Fatalf("got %v, want %v", got, at)
		}
	})
}

func TestStamp_NoneIsNegative(t *testing.T) {
	for _, at := range []time.Time{{}, millis(-1), millis(0)} {
		if got := crdt.StampAt(at); got != 0 {
			t.Errorf("the stamp at %v is %d, want 0", at, got)
		}
	}
}

func TestStamp_Witness(t *testing.T) {
	now := millis(1_700_000_000_000)
	own := crdt.StampAt(now)
	tests := []struct {
		name   string
		remote crdt.Stamp
		want   crdt.Stamp
		ahead  bool
	}{
		{"behind", own - 1, own, false},
		{"equal", own, own, false},
		{"ahead within the bound", crdt.StampAt(now.Add(time.Second)), crdt.StampAt(now.Add(time.Second)), false},
		{"at the bound", crdt.StampAt(now.Add(time.Minute)), crdt.StampAt(now.Add(time.Minute)), false},
		{"just past the bound", crdt.StampAt(now.Add(time.Minute)) + 1, own, true},
		{"an hour ahead", crdt.StampAt(now.Add(time.Hour)), own, true},
		{"the end of time", 1<<63 - 1, own, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, ahead := own.Witness(tt.remote, now, time.Minute)
			if got != tt.want || ahead != tt.ahead {
				t.Errorf("got %d, %v, want %d, %v", got, ahead, tt.want, tt.ahead)
			}
		})
	}
}

// TestStamp_WitnessedIsBeaten: the clock never goes back, stays within the bound,
// and the next local stamp is past everything that it accepted.
func TestStamp_WitnessedIsBeaten(t *testing.T) {
	const bound = 10 * time.Millisecond
	rapid.Check(t, func(t *rapid.T) {
		own := crdt.Stamp(rapid.Int64Range(0, 30<<16).Draw(t, "own"))
		remote := crdt.Stamp(rapid.Int64Range(0, 30<<16).Draw(t, "remote"))
		physical := millis(rapid.Int64Range(0, 30).Draw(t, "physical"))
		got, ahead := own.Witness(remote, physical, bound)
		if got < own {
			t.Fatalf("went back from %d to %d", own, got)
		}
		if got > max(own, crdt.StampAt(physical.Add(bound))) {
			t.Fatalf("%d is out of bounds", got)
		}
		if next := got.Tick(physical); !ahead && next <= remote {
			t.Fatalf("the next stamp %d is not past %d", next, remote)
		}
	})
}
