package crdt_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"pangea/crdt"
)

func TestRegister_MergeLaws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		ws := append(writes(2, 3).Draw(t, "writes"), crdt.Register{})
		pick := rapid.SampledFrom(ws)
		a, b, c := pick.Draw(t, "a"), pick.Draw(t, "b"), pick.Draw(t, "c")
		if ab, ba := crdt.Merge(a, b), crdt.Merge(b, a); ab != ba {
			t.Fatalf("does not commute: %+v, %+v", ab, ba)
		}
		if l, r := crdt.Merge(crdt.Merge(a, b), c), crdt.Merge(a, crdt.Merge(b, c)); l != r {
			t.Fatalf("does not associate: %+v, %+v", l, r)
		}
		if got := crdt.Merge(a, a); got != a {
			t.Fatalf("is not idempotent: %+v of %+v", got, a)
		}
		if got := crdt.Merge(crdt.Register{}, a); got != a {
			t.Fatalf("the empty register beat %+v", a)
		}
	})
}

func TestRegister_OrderAndDuplicatesDoNotMatter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		ws := writes(1, 6).Draw(t, "writes")
		var want, got crdt.Register
		for _, w := range ws {
			want = crdt.Merge(want, w)
		}
		for _, w := range withDuplicates(t, ws) {
			// Who had seen what names the loss; it must not choose the winner.
			got, _, _ = crdt.Put(got, w, aVector().Draw(t, "deps"))
		}
		if got != want {
			t.Fatalf("got %+v, want %+v", got, want)
		}
	})
}

func TestMeta_CompareIsATotalOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		ws := writes(3, 3).Draw(t, "writes")
		a, b, c := ws[0], ws[1], ws[2]
		ab, ba, bc, ac := a.Compare(b.Meta), b.Compare(a.Meta), b.Compare(c.Meta), a.Compare(c.Meta)
		if ab == 0 {
			t.Fatalf("distinct writes tie: %+v, %+v", a, b)
		}
		if ab != -ba {
			t.Fatalf("not antisymmetric: %d and %d", ab, ba)
		}
		if ab == bc && ac != ab {
			t.Fatalf("not transitive: a-b %d, b-c %d, a-c %d", ab, bc, ac)
		}
		if a.Compare(a.Meta) != 0 {
			t.Fatal("a write does not equal itself")
		}
	})
}

// TestMeta_CompareOrder holds the order itself: it is stored in every database,
// so changing it splits a running world.
func TestMeta_CompareOrder(t *testing.T) {
	at := func(stamp crdt.Stamp, region string, epoch uint32, ordinal uint64) crdt.Meta {
		return crdt.Meta{Stamp: stamp, Origin: crdt.Origin{Region: region, Epoch: epoch}, Ordinal: ordinal}
	}
	ascending := []crdt.Meta{
		{},
		at(0, "ap", 1, 1),
		at(5, "ap", 1, 9),
		at(5, "ap", 2, 1),
		at(5, "ap", 10, 1),
		at(5, "eu", 1, 1),
		at(5, "eu", 1, 2),
		at(6, "ap", 1, 1),
	}
	for i := range len(ascending) - 1 {
		if lower, upper := ascending[i], ascending[i+1]; lower.Compare(upper) != -1 {
			t.Errorf("%+v is not below %+v", lower, upper)
		}
	}
}

func TestPut_NamesEveryCausalRelation(t *testing.T) {
	us, eu := crdt.Origin{Region: "us", Epoch: 1}, crdt.Origin{Region: "eu", Epoch: 1}
	eu2 := crdt.Origin{Region: "eu", Epoch: 2}
	write := func(o crdt.Origin, stamp crdt.Stamp, seq, ordinal uint64) crdt.Register {
		return crdt.Register{Meta: crdt.Meta{Stamp: stamp, Origin: o, Seq: seq, Ordinal: ordinal}, Value: o.String()}
	}
	stored := write(eu, 10, 3, 7)
	tests := []struct {
		name     string
		arriving crdt.Register
		deps     crdt.Vector
		wins     bool
		want     crdt.Verdict
	}{
		{"saw it, is later", write(us, 11, 1, 1), crdt.Vector{eu: 3}, true, crdt.Superseded},
		{"saw it and more, is later", write(us, 11, 1, 1), crdt.Vector{eu: 9}, true, crdt.Superseded},
		{"saw it, is earlier", write(us, 9, 1, 1), crdt.Vector{eu: 3}, false, crdt.ClockSkew},
		{"one entry short of it, is later", write(us, 11, 1, 1), crdt.Vector{eu: 2}, true, crdt.Concurrent},
		{"one entry short of it, is earlier", write(us, 9, 1, 1), crdt.Vector{eu: 2}, false, crdt.Concurrent},
		{"stamps tie, higher region", write(us, 10, 1, 1), nil, true, crdt.Concurrent},
		{"same log, is later", write(eu, 11, 4, 8), nil, true, crdt.Superseded},
		{"same entry, stamps tie", write(eu, 10, 3, 8), nil, true, crdt.Superseded},
		{"same log, clock ran back", write(eu, 9, 4, 8), nil, false, crdt.ClockSkew},
		{"next epoch that saw it", write(eu2, 11, 1, 1), crdt.Vector{eu: 3}, true, crdt.Superseded},
		{"next epoch of a database that lost it", write(eu2, 11, 1, 1), crdt.Vector{eu: 2}, true, crdt.Concurrent},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			want := crdt.Loss{Loser: tt.arriving, Winner: stored, Verdict: tt.want}
			if tt.wins {
				want = crdt.Loss{Loser: stored, Winner: tt.arriving, Verdict: tt.want}
			}
			winner, loss, lost := crdt.Put(stored, tt.arriving, tt.deps)
			if winner != want.Winner || loss != want || !lost {
				t.Errorf("got %+v, %+v, %v\nwant %+v", winner, loss, lost, want)
			}
		})
	}
}

// TestPut_ConcurrentWritesAgreeOnTheLoss: the two regions of a conflict merge in
// opposite orders and must write the same line into their ledgers.
func TestPut_ConcurrentWritesAgreeOnTheLoss(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		ws := writes(2, 2).Filter(func(ws []crdt.Register) bool { return ws[0].Origin != ws[1].Origin }).Draw(t, "writes")
		here, lossHere, _ := crdt.Put(ws[0], ws[1], nil)
		there, lossThere, _ := crdt.Put(ws[1], ws[0], nil)
		if here != there || lossHere != lossThere {
			t.Fatalf("one side has %+v, the other %+v", lossHere, lossThere)
		}
		if lossHere.Winner != here || lossHere.Loser == here || lossHere.Verdict != crdt.Concurrent {
			t.Fatalf("kept %+v, reported %+v", here, lossHere)
		}
	})
}

func TestPut_LosesNothing(t *testing.T) {
	w := crdt.Register{Meta: crdt.Meta{Stamp: 1, Origin: crdt.Origin{Region: "us", Epoch: 1}, Seq: 1, Ordinal: 1}, Null: true}
	for name, stored := range map[string]crdt.Register{"into an empty register": {}, "the same write again": w} {
		if got, loss, lost := crdt.Put(stored, w, nil); got != w || lost || loss != (crdt.Loss{}) {
			t.Errorf("%s: got %+v, %+v, %v", name, got, loss, lost)
		}
	}
}

func TestRegister_NextStampBeatsWhatItReplaces(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		stored := writes(1, 1).Draw(t, "stored")[0]
		stored.Stamp = crdt.Stamp(rapid.Int64Range(0, 1<<62).Draw(t, "stamp"))
		clock := crdt.Stamp(rapid.Int64Range(0, 1<<62).Draw(t, "clock"))
		next := stored.NextStamp(clock)
		if next <= stored.Stamp || next < clock {
			t.Fatalf("stamp %d over %d, with the clock at %d", next, stored.Stamp, clock)
		}
	})
}

// TestRegister_ReadYourWritesUnderAClockAnHourAhead: eu's clock is an hour ahead.
// Who reads eu's value in us and replaces it there must read its own back.
func TestRegister_ReadYourWritesUnderAClockAnHourAhead(t *testing.T) {
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	us, eu := crdt.Origin{Region: "us", Epoch: 1}, crdt.Origin{Region: "eu", Epoch: 1}
	theirs := crdt.Register{
		Meta:  crdt.Meta{Stamp: crdt.StampAt(now.Add(time.Hour)), Origin: eu, Seq: 1, Ordinal: 1},
		Value: "theirs",
	}
	clock, ahead := crdt.StampAt(now).Witness(theirs.Stamp, now, time.Minute)
	if !ahead {
		t.Fatal("an hour ahead was not noticed")
	}
	clock = clock.Tick(now)
	mine := crdt.Register{
		Meta:  crdt.Meta{Stamp: theirs.NextStamp(clock), Origin: us, Seq: 1, Ordinal: 1},
		Value: "mine",
	}
	got, loss, _ := crdt.Put(theirs, mine, crdt.Vector{eu: 1})
	if got != mine || loss.Verdict != crdt.Superseded {
		t.Errorf("reads %+v back; the loss is %+v", got, loss)
	}
	if clock.Time().After(now.Add(time.Millisecond)) {
		t.Errorf("the clock went to %v with the row", clock.Time())
	}
}

func TestVerdict_Names(t *testing.T) {
	want := []string{"superseded", "concurrent", "clock-skew", "removed"}
	for i, v := range crdt.Verdicts() {
		if v.String() != want[i] {
			t.Errorf("verdict %d is %q, want %q", v, v, want[i])
		}
	}
	if got := crdt.Verdict(0).String(); got != "none" {
		t.Errorf("the zero verdict is %q", got)
	}
}
