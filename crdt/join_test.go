package crdt_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"pangea/crdt"
)

// TestJoin_EqualsApplyingWhatEitherApplied joins the states of two replicas of a random
// history, and expects the state of a replica that applied what the two had. The laws
// of I8 follow: what either applied is a set.
func TestJoin_EqualsApplyingWhatEitherApplied(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := newWorld(rapid.Bool().Draw(t, "wall clock"))
		t.Repeat(map[string]func(*rapid.T){
			"commit":   w.commit,
			"catch up": w.catchUp,
			"reborn":   func(t *rapid.T) { w.pick(t).reborn() },
			"join": func(t *rapid.T) {
				a, b := w.pick(t), w.pick(t)
				want := w.apply(func(e entry) bool { return a.applied[e.origin] >= e.seq || b.applied[e.origin] >= e.seq })
				if got := joinStates(a, b); !got.equal(want) {
					t.Fatalf("%+v\njoined with\n%+v\nis\n%+v\nnot\n%+v", a, b, got, want)
				}
			},
		})
	})
}

// apply is a replica that applied the entries that are wanted.
func (w *world) apply(wanted func(entry) bool) *replica {
	r := newReplica("logs")
	for progress := true; progress; {
		progress = false
		for _, e := range w.entries() {
			progress = wanted(e) && r.receive(e, millis(0)) || progress
		}
	}
	return r
}

func joinStates(a, b *replica) *replica {
	r := newReplica("joined")
	r.applied.Join(a.applied)
	r.applied.Join(b.applied)
	r.profile, _, _ = crdt.JoinRegister(a.profile, b.profile, a.applied, b.applied)
	for _, name := range []string{"a", "b"} {
		if f, _, _ := crdt.JoinField(a.prefs[name], b.prefs[name], a.applied, b.applied); !f.Empty() {
			r.prefs[name] = f
		}
		r.tags[name] = crdt.JoinDots(a.tags[name], b.tags[name], a.applied, b.applied)
	}
	r.counter.Join(a.counter)
	r.counter.Join(b.counter)
	return r
}

// A register, and what each side has applied. us wrote 1 and 2; eu's write is of entry 1.
func TestJoin_Registers(t *testing.T) {
	us, eu := crdt.Origin{Region: "us", Epoch: 1}, crdt.Origin{Region: "eu", Epoch: 1}
	write := func(o crdt.Origin, stamp crdt.Stamp, seq uint64) crdt.Register {
		return crdt.Register{Meta: crdt.Meta{Stamp: stamp, Origin: o, Seq: seq, Ordinal: seq}, Value: `"v"`}
	}
	none, us1, us2, eu1 := crdt.Register{}, write(us, 1, 1), write(us, 5, 2), write(eu, 3, 1)
	usNone, usOne, usTwo, both := crdt.Vector{}, crdt.Vector{us: 1}, crdt.Vector{us: 2}, crdt.Vector{us: 2, eu: 1}
	euOne, usOneEu := crdt.Vector{eu: 1}, crdt.Vector{us: 1, eu: 1}
	for _, tt := range []struct {
		name            string
		a, b            crdt.Register
		av, bv          crdt.Vector
		register, field crdt.Register
		loser           crdt.Register // none: no loss is certain
	}{
		{"the same on both", us1, us1, usOne, usOne, us1, us1, none},
		{"neither has one", none, none, usOne, usOne, none, none, none},
		{"one had not arrived", us1, none, usOne, usNone, us1, us1, none},
		{"its successor had not arrived", us2, none, usTwo, usOne, us2, us2, none},
		{"one was collected", us1, none, usOne, usOne, us1, none, none},
		{"a later one was collected", us1, none, usOne, both, us1, none, none},
		{"the later has seen the earlier", us1, us2, usOne, usTwo, us2, us2, none},
		{"the later has not seen the earlier", us1, eu1, usOne, euOne, eu1, eu1, us1},
		{"the later's state has, so who knows", us1, eu1, usOne, usOneEu, eu1, eu1, none},
		{"the earlier has not seen the later", eu1, us2, euOne, usTwo, us2, us2, eu1},
	} {
		for _, flipped := range []bool{false, true} {
			a, b, av, bv := tt.a, tt.b, tt.av, tt.bv
			if flipped {
				a, b, av, bv = b, a, bv, av
			}
			register, loss, lost := crdt.JoinRegister(a, b, av, bv)
			field, fieldLoss, fieldLost := crdt.JoinField(a, b, av, bv)
			if register != tt.register || field != tt.field {
				t.Errorf("%s: got %+v and, of a field, %+v, want %+v and %+v", tt.name, register, field, tt.register, tt.field)
			}
			want := crdt.Loss{}
			if !tt.loser.Empty() {
				want = crdt.Loss{Loser: tt.loser, Winner: tt.register, Verdict: crdt.Concurrent}
			}
			if loss != want || fieldLoss != want || lost != !tt.loser.Empty() || fieldLost != lost {
				t.Errorf("%s: lost %+v %v and, of a field, %+v %v, want %+v", tt.name, loss, lost, fieldLoss, fieldLost, want)
			}
		}
	}
}

func TestJoin_Dots(t *testing.T) {
	us1, us2, eu1 := dot("us", 1), dot("us", 2), dot("eu", 1)
	us, eu := us1.Origin, eu1.Origin
	for _, tt := range []struct {
		name   string
		a, b   crdt.Dots
		av, bv crdt.Vector
		want   crdt.Dots
	}{
		{"the same on both", crdt.Dots{us1}, crdt.Dots{us1}, crdt.Vector{us: 1}, crdt.Vector{us: 1}, crdt.Dots{us1}},
		{"the add had not arrived", crdt.Dots{us1}, nil, crdt.Vector{us: 1}, nil, crdt.Dots{us1}},
		{"its removal had", crdt.Dots{us1}, nil, crdt.Vector{us: 1}, crdt.Vector{us: 1, eu: 1}, nil},
		{"a later add had not", crdt.Dots{us2}, nil, crdt.Vector{us: 2}, crdt.Vector{us: 1}, crdt.Dots{us2}},
		{"the later add replaced the earlier", crdt.Dots{us1}, crdt.Dots{us2}, crdt.Vector{us: 1}, crdt.Vector{us: 2}, crdt.Dots{us2}},
		{"adds that had not seen each other", crdt.Dots{us1}, crdt.Dots{eu1}, crdt.Vector{us: 1}, crdt.Vector{eu: 1}, crdt.Dots{us1, eu1}},
		{"a removal that had not seen one of two", crdt.Dots{us1, eu1}, nil, crdt.Vector{us: 1, eu: 1}, crdt.Vector{us: 2}, crdt.Dots{eu1}},
	} {
		byOrigin := func(d, e crdt.Dot) int { return -d.Origin.Compare(e.Origin) }
		ab, ba := crdt.JoinDots(tt.a, tt.b, tt.av, tt.bv), crdt.JoinDots(tt.b, tt.a, tt.bv, tt.av)
		slices.SortFunc(ab, byOrigin)
		slices.SortFunc(ba, byOrigin)
		if diff := cmp.Diff(tt.want, ab); diff != "" {
			t.Errorf("%s:\n%s", tt.name, diff)
		}
		if diff := cmp.Diff(ab, ba); diff != "" {
			t.Errorf("%s does not commute:\n%s", tt.name, diff)
		}
	}
}
