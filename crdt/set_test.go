package crdt_test

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"pangea/crdt"
)

func dot(region string, ordinal uint64) crdt.Dot {
	return crdt.Dot{Origin: crdt.Origin{Region: region, Epoch: 1}, Ordinal: ordinal, Seq: ordinal}
}

func sameDots(a, b crdt.Dots) bool { return slices.EqualFunc(a, b, crdt.Dot.Same) }

func TestDots_ConcurrentAddSurvivesRemoval(t *testing.T) {
	us1, eu1 := dot("us", 1), dot("eu", 1)
	for name, arrive := range map[string]func(crdt.Dots) crdt.Dots{
		"removal first": func(ds crdt.Dots) crdt.Dots {
			ds, _ = ds.Remove([]crdt.Dot{us1})
			ds, _ = ds.Add(eu1, []crdt.Dot{us1})
			return ds
		},
		"add first": func(ds crdt.Dots) crdt.Dots {
			ds, _ = ds.Add(eu1, []crdt.Dot{us1})
			ds, _ = ds.Remove([]crdt.Dot{us1})
			return ds
		},
	} {
		if got := arrive(crdt.Dots{us1}); !sameDots(got, crdt.Dots{eu1}) {
			t.Errorf("%s: left %v, want %v", name, got, eu1)
		}
	}
}

func TestDots_ConcurrentAddsBothStay(t *testing.T) {
	us1, eu1 := dot("us", 1), dot("eu", 1)
	ds, _ := crdt.Dots(nil).Add(us1, nil)
	ds, replaced := ds.Add(eu1, nil)
	if !sameDots(ds, crdt.Dots{us1, eu1}) || len(replaced) != 0 {
		t.Errorf("left %v, replaced %v", ds, replaced)
	}
	if ds, removed := ds.Remove(ds); len(ds) != 0 || len(removed) != 2 {
		t.Errorf("who saw both left %v, removed %v", ds, removed)
	}
}

func TestDots_AddAfterRemoval(t *testing.T) {
	ds, _ := crdt.Dots(nil).Add(dot("us", 1), nil)
	ds, removed := ds.Remove(ds)
	if len(ds) != 0 || !sameDots(removed, crdt.Dots{dot("us", 1)}) {
		t.Fatalf("left %v, removed %v", ds, removed)
	}
	ds, _ = ds.Add(dot("us", 2), nil)
	if !sameDots(ds, crdt.Dots{dot("us", 2)}) {
		t.Errorf("left %v", ds)
	}
}

func TestDots_HotTagStaysOneDot(t *testing.T) {
	var ds, replaced crdt.Dots
	for n := range uint64(100) {
		ds, replaced = ds.Add(dot("us", n+1), ds)
		if len(ds) != 1 || (n > 0 && !sameDots(replaced, crdt.Dots{dot("us", n)})) {
			t.Fatalf("after add %d: left %v, replaced %v", n+1, ds, replaced)
		}
	}
}

// TestDots_AreSetsOfAdds: Add and Remove are set union and difference, in any
// order of the arguments, and leave what they were given as it was.
func TestDots_AreSetsOfAdds(t *testing.T) {
	dots := rapid.SliceOfDistinct(rapid.Custom(func(t *rapid.T) crdt.Dot {
		return dot(rapid.SampledFrom([]string{"eu", "us"}).Draw(t, "region"), rapid.Uint64Range(1, 4).Draw(t, "ordinal"))
	}), rapid.ID)
	rapid.Check(t, func(t *rapid.T) {
		ds := crdt.Dots(dots.Draw(t, "dots"))
		seen, d := dots.Draw(t, "seen"), dots.Filter(func(ds []crdt.Dot) bool { return len(ds) > 0 }).Draw(t, "add")[0]
		before := slices.Clone(ds)
		left, removed := ds.Remove(seen)
		for _, x := range ds {
			if slices.Contains(seen, x) != slices.Contains(removed, x) || slices.Contains(seen, x) == slices.Contains(left, x) {
				t.Fatalf("%v without %v left %v, removed %v", ds, seen, left, removed)
			}
		}
		if len(left)+len(removed) != len(ds) {
			t.Fatalf("%v without %v left %v, removed %v", ds, seen, left, removed)
		}
		if again, none := left.Remove(seen); !sameDots(again, left) || len(none) != 0 {
			t.Fatalf("a second removal left %v, removed %v", again, none)
		}
		once, _ := ds.Add(d, seen)
		if !slices.Contains(once, d) {
			t.Fatalf("%v is not in %v", d, once)
		}
		if twice, _ := once.Add(d, nil); !sameDots(twice, once) {
			t.Fatalf("added again, %v became %v", once, twice)
		}
		if !sameDots(ds, before) {
			t.Fatalf("the argument changed from %v to %v", before, ds)
		}
	})
}

// TestDot_IdentityIsOriginAndOrdinal: the entry is not part of it, the epoch is.
func TestDot_IdentityIsOriginAndOrdinal(t *testing.T) {
	d := dot("us", 1)
	moved, later, reborn := d, d, d
	moved.Seq++
	later.Ordinal++
	reborn.Origin.Epoch++
	if !d.Same(moved) || d.Same(later) || d.Same(reborn) {
		t.Errorf("got %v, %v, %v, want true, false, false", d.Same(moved), d.Same(later), d.Same(reborn))
	}
}
