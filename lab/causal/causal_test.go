package causal

import (
	"testing"
	"time"

	"pangea/gen/workload"
	"pangea/lab/results/resultstest"
)

// sights are of pairs of which one in four is inverted, if any may be.
func sights(wait bool) (all []Sight) {
	for i := range 100 {
		s := Sight{A: workload.Tags, B: workload.Profile, Complete: true, Behind: time.Duration(100-i) * time.Millisecond}
		if !wait && i%4 == 0 {
			s.Inverted, s.Alone = true, time.Second
		}
		all = append(all, s)
	}
	return all
}

// flawless are findings of which every claim holds.
func flawless() []*Finding {
	var all []*Finding
	for _, wait := range []bool{true, false} {
		f := &Finding{Wait: wait, Planted: true, Removed: 10, Early: 9}
		f.take(sights(wait))
		all = append(all, f)
	}
	return all
}

func TestClaims(t *testing.T) {
	for want, spoil := range map[string]func(on, off *Finding){
		"": func(_, _ *Finding) {},
		"causal wait on: every pair comes through":                                                                   func(on, _ *Finding) { on.Complete-- },
		"causal wait on: nobody is shown B without A":                                                                func(on, _ *Finding) { on.Inverted = 1 },
		"causal wait off: somebody is shown B without A: it is the wait that keeps the order":                        func(_, off *Finding) { off.Inverted = 0 },
		"causal wait on: a B whose A nobody wrote is found, and a tag that is put back":                              func(on, _ *Finding) { on.Planted = false },
		"causal wait off: what was removed stays removed, in every region, also where the removal is heard of first": func(_, off *Finding) { off.Resurrected = 1 },
		"causal wait on: what was removed stays removed, in every region, also where the removal is heard of first":  func(on, _ *Finding) { on.Early = 0 },
		"causal wait off: all regions hold the same in the end":                                                      func(_, off *Finding) { off.Equal = "eu differs" },
	} {
		found := flawless()
		spoil(found[0], found[1])
		if want == "" {
			resultstest.Breaks(t, Record(found))
		} else {
			resultstest.Breaks(t, Record(found), want)
		}
	}
}

// What was not measured holds no claim.
func TestClaims_OfNothingAreBroken(t *testing.T) {
	on, off := &Finding{Wait: true, Equal: "?"}, &Finding{Equal: "?"}
	resultstest.HoldsNothing(t, Record([]*Finding{on, off}))
}

func TestFinding_SumsUpByClasses(t *testing.T) {
	f := flawless()[1]
	if f.Pairs != 100 || f.Complete != 100 || f.Inverted != 25 {
		t.Errorf("got %+v", f)
	}
	if f.Behind[0] != time.Millisecond || f.Behind[50] != 51*time.Millisecond || f.Behind[100] != 100*time.Millisecond {
		t.Errorf("got percentiles %v", f.Behind)
	}
	for _, c := range f.By {
		want := Count{A: c.A, B: c.B}
		if c.A == "tags" && c.B == "profile" {
			want.Complete, want.Inverted = 100, 25
		}
		if c != want {
			t.Errorf("got %+v, want %+v", c, want)
		}
	}
}

func TestItem_Shown(t *testing.T) {
	for _, test := range []struct {
		class  workload.Class
		status int
		body   string
		want   bool
		bad    bool
	}{
		{workload.Profile, 404, `{"detail":"no"}`, false, false},
		{workload.Profile, 200, `{"value":true}`, true, false},
		{workload.Prefs, 200, `{"value":{"field":true}}`, true, false},
		{workload.Counter, 200, `{"value":0}`, false, false},
		{workload.Counter, 200, `{"value":1}`, true, false},
		{workload.Tags, 200, `{"tags":[]}`, false, false},
		{workload.Tags, 200, `{"tags":["only"]}`, true, false},
		{workload.Tags, 503, `{"detail":"later"}`, false, true},
		{workload.Counter, 200, `{`, false, true},
	} {
		got, err := item{test.class, "k"}.shown(test.status, []byte(test.body))
		if got != test.want || (err != nil) != test.bad {
			t.Errorf("%s %d %s: got %t, %v", test.class, test.status, test.body, got, err)
		}
	}
}

// The same seed makes the same pairs, with the wait and without, of keys that are no
// other's.
func TestConfig_PairsFollowFromTheSeed(t *testing.T) {
	seen, combinations := map[string]bool{}, map[[2]workload.Class]bool{}
	for i := range 500 {
		p := Config{Seed: 7}.at(i)
		if p != (Config{Seed: 7}.at(i)) {
			t.Fatal("the same seed makes another pair")
		}
		if seen[p.a.key] || seen[p.b.key] || p.a.key == p.b.key {
			t.Fatalf("%+v has a key twice", p)
		}
		seen[p.a.key], seen[p.b.key], combinations[[2]workload.Class{p.a.class, p.b.class}] = true, true, true
	}
	if len(combinations) != 16 {
		t.Errorf("got %d combinations of classes, want 16", len(combinations))
	}
}
