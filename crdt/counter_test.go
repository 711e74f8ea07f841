package crdt_test

import (
	"maps"
	"math"
	"math/big"
	"testing"

	"pgregory.net/rapid"

	"pangea/crdt"
)

func aCounter() *rapid.Generator[crdt.Counter] {
	part := rapid.Int64Range(0, 3)
	return rapid.Custom(func(t *rapid.T) crdt.Counter {
		return rapid.MapOf(anOrigin(), rapid.Custom(func(t *rapid.T) crdt.PN {
			return crdt.PN{P: part.Draw(t, "p"), N: part.Draw(t, "n")}
		})).Draw(t, "counter")
	})
}

func joined(counters ...crdt.Counter) crdt.Counter {
	c := crdt.Counter{}
	for _, d := range counters {
		c.Join(d)
	}
	return c
}

func TestCounter_JoinLaws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b, c := aCounter().Draw(t, "a"), aCounter().Draw(t, "b"), aCounter().Draw(t, "c")
		if l, r := joined(a, b), joined(b, a); !maps.Equal(l, r) {
			t.Fatalf("does not commute: %v, %v", l, r)
		}
		if l, r := joined(joined(a, b), c), joined(a, joined(b, c)); !maps.Equal(l, r) {
			t.Fatalf("does not associate: %v, %v", l, r)
		}
		if got := joined(a, a); !maps.Equal(got, a) {
			t.Fatalf("is not idempotent: %v of %v", got, a)
		}
	})
}

// TestCounter_NothingIsLostOrCountedTwice adds in every origin and delivers each
// share that was ever written, in any order, some of them again.
func TestCounter_NothingIsLostOrCountedTwice(t *testing.T) {
	type put struct {
		crdt.Origin
		crdt.PN
	}
	rapid.Check(t, func(t *rapid.T) {
		var puts []put
		local, want := crdt.Counter{}, int64(0)
		for range rapid.IntRange(1, 8).Draw(t, "adds") {
			o, by := anOrigin().Draw(t, "origin"), rapid.Int64Range(-9, 9).Draw(t, "by")
			pn, ok := local.Add(o, by)
			if !ok {
				t.Fatalf("refused %d on %v", by, local[o])
			}
			local.Put(o, pn)
			puts = append(puts, put{o, pn})
			want += by
		}
		got := crdt.Counter{}
		for _, p := range withDuplicates(t, puts) {
			got.Put(p.Origin, p.PN)
		}
		if got.Value().Cmp(big.NewInt(want)) != 0 {
			t.Fatalf("got %v, want %d", got, want)
		}
	})
}

func TestCounter_PutReportsChange(t *testing.T) {
	o := origins[0]
	c := crdt.Counter{}
	for i, tt := range []struct {
		pn      crdt.PN
		changed bool
	}{
		{crdt.PN{P: 2, N: 1}, true},
		{crdt.PN{P: 2, N: 1}, false},
		{crdt.PN{P: 1, N: 0}, false},
		{crdt.PN{P: 3, N: 1}, true},
		{crdt.PN{P: 3, N: 2}, true},
	} {
		if got := c.Put(o, tt.pn); got != tt.changed {
			t.Errorf("put %d of %v: changed %v, want %v", i, tt.pn, got, tt.changed)
		}
	}
	if want := (crdt.PN{P: 3, N: 2}); c[o] != want {
		t.Errorf("got %v, want %v", c[o], want)
	}
}

func TestCounter_AddAtTheEdge(t *testing.T) {
	const most = crdt.MaxPN
	o := origins[0]
	tests := []struct {
		name string
		from crdt.PN
		by   int64
		want crdt.PN
		ok   bool
	}{
		{"up to the bound", crdt.PN{}, most, crdt.PN{P: most}, true},
		{"one past the bound", crdt.PN{}, most + 1, crdt.PN{}, false},
		{"the last one", crdt.PN{P: most - 1}, 1, crdt.PN{P: most}, true},
		{"one on a full part", crdt.PN{P: most}, 1, crdt.PN{}, false},
		{"nothing on a full part", crdt.PN{P: most}, 0, crdt.PN{P: most}, true},
		{"the other part", crdt.PN{P: most}, -1, crdt.PN{P: most, N: 1}, true},
		{"down to the bound", crdt.PN{}, -most, crdt.PN{N: most}, true},
		{"one past it, downwards", crdt.PN{}, -most - 1, crdt.PN{}, false},
		{"the greatest int64", crdt.PN{P: 1}, math.MaxInt64, crdt.PN{}, false},
		{"the least int64", crdt.PN{}, math.MinInt64, crdt.PN{}, false},
		{"the least int64 on a full part", crdt.PN{N: most}, math.MinInt64, crdt.PN{}, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := crdt.Counter{o: tt.from}
			got, ok := c.Add(o, tt.by)
			if got != tt.want || ok != tt.ok {
				t.Errorf("got %v, %v, want %v, %v", got, ok, tt.want, tt.ok)
			}
			if c[o] != tt.from {
				t.Errorf("Add changed the counter to %v", c[o])
			}
		})
	}
}

func TestCounter_ValuePastInt64(t *testing.T) {
	c := crdt.Counter{}
	for epoch := range uint32(16) {
		c[crdt.Origin{Region: "us", Epoch: epoch + 1}] = crdt.PN{N: crdt.MaxPN}
	}
	if got, want := c.Value().String(), "-18446744073709551616"; got != want { // -2^64
		t.Errorf("got %s, want %s", got, want)
	}
}
