package crdt_test

import (
	"errors"
	"maps"
	"testing"

	"pgregory.net/rapid"

	"pangea/crdt"
)

func TestVector_RoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := crdt.Vector(rapid.MapOf(rapid.Custom(func(t *rapid.T) crdt.Origin {
			return crdt.Origin{
				Region: rapid.StringMatching(`[a-z][a-z0-9]{0,15}`).Draw(t, "region"),
				Epoch:  rapid.Uint32Range(1, 1<<32-1).Draw(t, "epoch"),
			}
		}), rapid.Uint64Range(0, 1<<63-1)).Draw(t, "vector"))
		got, err := crdt.ParseVector(want.String())
		if err != nil || !maps.Equal(got, want) {
			t.Fatalf("%q reads as %v, %v", want, got, err)
		}
	})
}

func TestVector_String(t *testing.T) {
	v := crdt.Vector{
		{Region: "us", Epoch: 1}: 12,
		{Region: "eu", Epoch: 2}: 17,
		{Region: "eu", Epoch: 1}: 3,
		{Region: "ap", Epoch: 1}: 0,
	}
	if got, want := v.String(), "ap=0,eu=3,eu=2.17,us=12"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := (crdt.Vector{}).String(); got != "" {
		t.Errorf("the zero vector is %q", got)
	}
}

func TestParseVector(t *testing.T) {
	us, eu := crdt.Origin{Region: "us", Epoch: 1}, crdt.Origin{Region: "eu", Epoch: 1}
	for s, want := range map[string]crdt.Vector{
		"":                       {},
		"  ":                     {},
		"us=1":                   {us: 1},
		" us=1 , eu=2\t":         {us: 1, eu: 2},
		"us=9223372036854775807": {us: 1<<63 - 1},
		"us=1,us=2.1":            {us: 1, {Region: "us", Epoch: 2}: 1},
		"us=4294967295.1":        {{Region: "us", Epoch: 1<<32 - 1}: 1},
	} {
		if got, err := crdt.ParseVector(s); err != nil || !maps.Equal(got, want) {
			t.Errorf("%q reads as %v, %v, want %v", s, got, err, want)
		}
	}
}

func TestParseVector_Malformed(t *testing.T) {
	for _, s := range []string{
		"us", "us=", "=1", "us=x", "us=-1", "us=+1", "us=1,", ",us=1", "us=1;eu=2", "us==1", "us= 1",
		"us=1.5",  // epoch 1 is a bare number
		"us=0.5",  // epochs count from 1
		"us=02.5", // one way to write an epoch
		"us=2.", "us=.5", "us=2.3.4", "us=2.-1",
		"us=4294967296.1",        // past uint32
		"us=9223372036854775808", // past what Postgres stores
		"us=1,us=2",
		"us=2.1,us=2.1",
		"us.2=17", // would print like epoch 2 of us
	} {
		if got, err := crdt.ParseVector(s); !errors.Is(err, crdt.ErrVector) {
			t.Errorf("%q reads as %v, %v", s, got, err)
		}
	}
}

func FuzzParseVector(f *testing.F) {
	for _, s := range []string{"", "us=1", "ap=9,eu=2.17,us=12", "us=1.5", "us.2=1", " us =1", "us=1,", "=,.="} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		v, err := crdt.ParseVector(s)
		if err != nil {
			if !errors.Is(err, crdt.ErrVector) {
				t.Fatalf("%q: %v is not ErrVector", s, err)
			}
			return
		}
		if again, err := crdt.ParseVector(v.String()); err != nil || !maps.Equal(again, v) {
			t.Fatalf("%q reads as %v, which is printed %q and reads as %v, %v", s, map[crdt.Origin]uint64(v), v, again, err)
		}
	})
}

func joinedVector(vs ...crdt.Vector) crdt.Vector {
	v := crdt.Vector{}
	for _, w := range vs {
		v.Join(w)
	}
	return v
}

// same says that two vectors mean the same: an absent origin is at 0.
func same(v, w crdt.Vector) bool { return v.Covers(w) && w.Covers(v) }

// TestVector_Canonical: one text for all that mean the same, and for nothing else.
func TestVector_Canonical(t *testing.T) {
	if got := (crdt.Vector{{Region: "us", Epoch: 1}: 12, {Region: "ap", Epoch: 1}: 0}).Canonical(); got != "us=12" {
		t.Errorf("got %q, want us=12", got)
	}
	rapid.Check(t, func(t *rapid.T) {
		a, b := aVector().Draw(t, "a"), aVector().Draw(t, "b")
		if got := a.Canonical() == b.Canonical(); got != same(a, b) {
			t.Fatalf("%v and %v are written alike: %v", a, b, got)
		}
		if again, err := crdt.ParseVector(a.Canonical()); err != nil || !same(again, a) {
			t.Fatalf("%v reads as %v, %v", a, again, err)
		}
	})
}

func TestVector_JoinLaws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b, c := aVector().Draw(t, "a"), aVector().Draw(t, "b"), aVector().Draw(t, "c")
		if l, r := joinedVector(a, b), joinedVector(b, a); !maps.Equal(l, r) {
			t.Fatalf("does not commute: %v, %v", l, r)
		}
		if l, r := joinedVector(joinedVector(a, b), c), joinedVector(a, joinedVector(b, c)); !maps.Equal(l, r) {
			t.Fatalf("does not associate: %v, %v", l, r)
		}
		if got := joinedVector(a, a); !maps.Equal(got, a) {
			t.Fatalf("is not idempotent: %v of %v", got, a)
		}
	})
}

// TestVector_Lattice: Covers is the order whose least upper bound is Join.
func TestVector_Lattice(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b, c := aVector().Draw(t, "a"), aVector().Draw(t, "b"), aVector().Draw(t, "c")
		ab := joinedVector(a, b)
		if !a.Covers(a) || !ab.Covers(a) || !ab.Covers(b) {
			t.Fatalf("%v does not cover %v and %v", ab, a, b)
		}
		if c.Covers(a) && c.Covers(b) && !c.Covers(ab) {
			t.Fatalf("%v covers both, but not their join %v", c, ab)
		}
		if a.Covers(b) != same(ab, a) {
			t.Fatalf("%v covers %v: %v, and their join is %v", a, b, a.Covers(b), ab)
		}
		if a.Covers(b) && b.Covers(c) && !a.Covers(c) {
			t.Fatalf("not transitive: %v, %v, %v", a, b, c)
		}
	})
}

// TestVector_CoversPointwise is the definition, over every origin there is.
func TestVector_CoversPointwise(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := aVector().Draw(t, "a"), aVector().Draw(t, "b")
		want := true
		for _, o := range origins {
			want = want && a[o] >= b[o]
		}
		if got := a.Covers(b); got != want {
			t.Fatalf("%v covers %v: got %v", a, b, got)
		}
	})
}

func TestVector_CloneIsIndependent(t *testing.T) {
	us := crdt.Origin{Region: "us", Epoch: 1}
	v := crdt.Vector{us: 1}
	w := v.Clone()
	w[us] = 2
	if v[us] != 1 {
		t.Error("a change of the clone changed the original")
	}
	if crdt.Vector(nil).Clone() == nil {
		t.Error("the clone of nil is nil: it cannot be written to")
	}
}
