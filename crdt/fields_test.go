package crdt_test

import (
	"maps"
	"testing"

	"pgregory.net/rapid"

	"pangea/crdt"
)

// TestFields_OrderAndDuplicatesDoNotMatter writes and removes a few fields; each
// must end as its latest write, whatever happens to the others.
func TestFields_OrderAndDuplicatesDoNotMatter(t *testing.T) {
	type write struct {
		name string
		crdt.Register
	}
	rapid.Check(t, func(t *rapid.T) {
		var ws []write
		want := fields{}
		for _, r := range writes(1, 8).Draw(t, "writes") {
			w := write{rapid.SampledFrom([]string{"theme", "lang"}).Draw(t, "field"), r}
			ws = append(ws, w)
			if old, ok := want[w.name]; !ok || old.Compare(w.Meta) < 0 {
				want[w.name] = r
			}
		}
		got := fields{}
		for _, w := range withDuplicates(t, ws) {
			got.Put(w.name, w.Register, aVector().Draw(t, "deps"))
		}
		if !maps.Equal(got, want) {
			t.Fatalf("got %+v, want %+v", got, want)
		}
	})
}

// TestFields_RemovalAgainstConcurrentSet: eu removes a field that us sets, both
// having seen ap's value. All six orders end alike, for either winner.
func TestFields_RemovalAgainstConcurrentSet(t *testing.T) {
	register := func(region string, stamp crdt.Stamp, value string) crdt.Register {
		o := crdt.Origin{Region: region, Epoch: 1}
		return crdt.Register{Meta: crdt.Meta{Stamp: stamp, Origin: o, Seq: 1, Ordinal: 1}, Value: value, Null: value == ""}
	}
	first := register("ap", 1, `"dark"`)
	saw := crdt.Vector{first.Origin: 1}
	for _, tt := range []struct {
		name               string
		removal, set, want crdt.Register
	}{
		{"removal is later", register("eu", 3, ""), register("us", 2, `"light"`), register("eu", 3, "")},
		{"set is later", register("eu", 2, ""), register("us", 3, `"light"`), register("us", 3, `"light"`)},
		{"stamps tie, set has the higher region", register("eu", 2, ""), register("us", 2, `"light"`), register("us", 2, `"light"`)},
		{"stamps tie, removal has the higher region", register("us", 2, ""), register("eu", 2, `"light"`), register("us", 2, "")},
	} {
		ws := [3]crdt.Register{first, tt.removal, tt.set}
		deps := [3]crdt.Vector{nil, saw, saw}
		for _, order := range [][3]int{{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}} {
			f := fields{}
			for _, i := range order {
				f.Put("theme", ws[i], deps[i])
			}
			if f["theme"] != tt.want || len(f) != 1 {
				t.Errorf("%s, order %v: got %+v, want %+v", tt.name, order, f, tt.want)
			}
		}
	}
}

func TestFields_DifferentFieldsNeverConflict(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		ws := writes(2, 2).Draw(t, "writes")
		f := fields{}
		_, lostTheme := f.Put("theme", ws[0], nil)
		_, lostLang := f.Put("lang", ws[1], nil)
		if lostTheme || lostLang || f["theme"] != ws[0] || f["lang"] != ws[1] {
			t.Fatalf("got %+v of %+v", f, ws)
		}
	})
}

func TestFields_PutReportsTheLoss(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		ws, deps := writes(2, 2).Draw(t, "writes"), aVector().Draw(t, "deps")
		f := fields{"theme": ws[0]}
		loss, lost := f.Put("theme", ws[1], deps)
		if _, want, wantLost := crdt.Put(ws[0], ws[1], deps); loss != want || lost != wantLost {
			t.Fatalf("got %+v, %v, want %+v, %v", loss, lost, want, wantLost)
		}
	})
}

// fields is an object of prefs as a region keeps it: a register per field.
type fields map[string]crdt.Register

func (f fields) Put(name string, arriving crdt.Register, deps crdt.Vector) (crdt.Loss, bool) {
	winner, loss, lost := crdt.Put(f[name], arriving, deps)
	f[name] = winner
	return loss, lost
}
