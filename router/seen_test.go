package router

import (
	"testing"

	"pgregory.net/rapid"

	"pangea/crdt"
)

var us, eu, ap = crdt.Origin{Region: "us", Epoch: 1}, crdt.Origin{Region: "eu", Epoch: 1}, crdt.Origin{Region: "ap", Epoch: 1}

func TestSeen_LateAnswerOpensTheDemandAgain(t *testing.T) {
	s := make(seen, 3)
	s.answer(1, crdt.Vector{eu: 5}) // clients are at 1
	if got := s.demand(0).String(); got != "eu=5" {
		t.Fatalf("moving to 0 demands %q, want eu=5", got)
	}
	s.answer(0, crdt.Vector{eu: 5, us: 1})
	if got := s.demand(0); got != nil {
		t.Fatalf("covered, and still demands %v", got)
	}
	s.answer(1, crdt.Vector{eu: 7}) // was under way during the move
	if got := s.demand(0).String(); got != "eu=7" {
		t.Fatalf("after a late answer of 1: demands %q, want eu=7", got)
	}
	s.answer(0, crdt.Vector{us: 2})
	if got := s.demand(2).String(); got != "eu=7,us=2" {
		t.Fatalf("a third region must cover %q, want eu=7,us=2", got)
	}
	s.forget(1)
	if got := s.demand(0); got != nil {
		t.Fatalf("1 is lost, and %v is demanded", got)
	}
}

// Over any interleaving of answers in flight, moves and replication between live
// regions, no answer shows less than what was delivered before its request was sent.
func TestSeen_NoClientGoesBackInTime(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		type flight struct {
			region  int
			demand  crdt.Vector
			floor   crdt.Vector // what clients knew when it was sent
			showing crdt.Vector // set once the region has answered
		}
		origins := []crdt.Origin{us, eu, ap}
		applied := []crdt.Vector{{}, {}, {}}
		s, delivered, current := make(seen, 3), crdt.Vector{}, 0
		var flights []*flight
		t.Repeat(map[string]func(*rapid.T){
			"write": func(t *rapid.T) {
				i := rapid.IntRange(0, 2).Draw(t, "region")
				applied[i][origins[i]]++
			},
			"replicate": func(t *rapid.T) {
				i, j := rapid.IntRange(0, 2).Draw(t, "to"), rapid.IntRange(0, 2).Draw(t, "of")
				applied[i][origins[j]] = max(applied[i][origins[j]], applied[j][origins[j]])
			},
			"move": func(t *rapid.T) { current = rapid.IntRange(0, 2).Draw(t, "to") },
			"send": func(*rapid.T) {
				flights = append(flights, &flight{region: current, demand: s.demand(current), floor: delivered.Clone()})
			},
			"serve": func(t *rapid.T) {
				if len(flights) == 0 {
					return
				}
				f := rapid.SampledFrom(flights).Draw(t, "flight")
				if f.showing == nil && applied[f.region].Covers(f.demand) {
					f.showing = applied[f.region].Clone()
				}
			},
			"deliver": func(t *rapid.T) {
				if len(flights) == 0 {
					return
				}
				f := rapid.SampledFrom(flights).Draw(t, "flight")
				if f.showing == nil {
					return
				}
				s.answer(f.region, f.showing)
				if !f.showing.Covers(f.floor) {
					t.Fatalf("region %d showed %v to a client that knew %v", f.region, f.showing, f.floor)
				}
				delivered.Join(f.showing)
			},
		})
	})
}
