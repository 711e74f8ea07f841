package conflict_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pangea/gen"
	"pangea/gen/conflict"
	"pangea/gen/workload"
	"pangea/region/node"
	"pangea/region/regiontest"
	"pangea/region/state"
)

func TestMain(m *testing.M) { regiontest.Main(m) }

func regions(w *regiontest.World) []gen.Endpoint { return gen.Regions(w.Topology) }

func fire(t *testing.T, cfg conflict.Config) (*conflict.Conflict, []conflict.Shot, *conflict.Report) {
	t.Helper()
	c, err := conflict.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	shots := c.Fire(t.Context())
	report, err := c.Judge(t.Context(), shots)
	if err != nil {
		t.Fatal(err)
	}
	return c, shots, report
}

// Of concurrent writes a register keeps one, and every other class both. What a client was
// told falsely is found.
func TestConflict_OnlyARegisterLoses(t *testing.T) {
	t.Parallel()
	w := regiontest.New(t, regiontest.Options{RTT: 200 * time.Millisecond})
	for i, class := range []workload.Class{workload.Profile, workload.Counter, workload.Tags, workload.Prefs, workload.Profile} {
		cfg := conflict.Config{Seed: 3, Prefix: fmt.Sprintf("c%d-", i/4), Class: class, Pairs: 100, Rate: 200, Regions: regions(w), Wait: 30 * time.Second}
		c, _, report := fire(t, cfg)
		want := 0
		if class == workload.Profile {
			want = 100
		}
		if err := report.Err(); err != nil || report.Acknowledged != 100 || report.Lost != want {
			t.Errorf("%s: %d of %d pairs lost a write, want %d, %v", class, report.Lost, report.Acknowledged, want, err)
		}
		if found, err := c.Plant(t.Context()); !found || err != nil {
			t.Errorf("%s: a write that is said to be acknowledged and was never made is not missed: %v", class, err)
		}
		books, err := c.Books()
		if err != nil || int(books.Lost()+books.Superseded) != want {
			t.Errorf("%s: booked %+v, %v, want %d lost", class, books, err, want)
		}
	}
}

// A clock that is behind has the older of two writes win: of concurrent ones by any clock,
// and by wall clocks even against who had seen it.
func TestConflict_ClockSkew(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		mode state.ClockMode
		seen bool
		want bool // older writes win
	}{{state.HLC, false, true}, {state.WallClock, false, true}, {state.HLC, true, false}, {state.WallClock, true, true}} {
		w := regiontest.New(t, regiontest.Options{Regions: []string{"us", "eu"}, RTT: 200 * time.Millisecond, Change: func(c *node.Config) {
			c.Clock = test.mode
			if c.Region == "eu" {
				c.ClockSkew = -time.Second
			}
		}})
		cfg := conflict.Config{Seed: 5, Prefix: "s-", Class: workload.Profile, Pairs: 60, Rate: 100, Regions: regions(w), Wait: 30 * time.Second, Seen: test.seen}
		if !test.seen {
			cfg.Gap = 50 * time.Millisecond
		}
		_, shots, report := fire(t, cfg)
		late := 0 // second writes of the region that is behind
		for i := range shots {
			if shots[i].Pair.Sides[1].Region == 1 && shots[i].Ordered() {
				late++
			}
		}
		if !test.want {
			late = 0
		}
		least := late // a commit may be so late that the second client's region has heard of the first
		if !test.seen {
			least = late * 8 / 10
		}
		if len(report.Wrong) > 0 || report.OlderWon < least || report.OlderWon > late || report.Ordered == 0 {
			t.Errorf("%s, seen %t: the older write won %d times of %d, want up to %d; wrong: %v", test.mode, test.seen, report.OlderWon, report.Ordered, late, report.Wrong)
		}
	}
}

// The pairs are the same whatever the class and the rate, and others for another seed.
func TestConflict_PairsFollowFromTheSeed(t *testing.T) {
	pairs := func(cfg conflict.Config) (all []conflict.Pair) {
		cfg.Pairs, cfg.Prefix = 50, "p-"
		for _, name := range []string{"us", "eu", "ap"} {
			cfg.Regions = append(cfg.Regions, gen.Endpoint{Name: name, URL: "http://127.0.0.1:1"})
		}
		c, err := conflict.New(cfg)
		if err != nil {
			t.Fatal(err)
		}
		for i := range cfg.Pairs {
			all = append(all, c.At(i))
		}
		return all
	}
	one := pairs(conflict.Config{Seed: 1, Class: workload.Profile})
	if two := pairs(conflict.Config{Seed: 1, Class: workload.Tags, Rate: 7, Gap: time.Second}); !slices.Equal(one, two) {
		t.Error("another class, rate and gap made other pairs")
	}
	if two := pairs(conflict.Config{Seed: 2}); slices.Equal(one, two) {
		t.Error("another seed made the same pairs")
	}
	for _, p := range pairs(conflict.Config{Writers: []string{"us", "ap"}}) {
		if a, b := p.Sides[0].Region, p.Sides[1].Region; a == b || a == 1 || b == 1 {
			t.Errorf("pair %s is of the regions %d and %d, want of 0 and 2", p.Key, a, b)
		}
	}
}

func TestNew_RefusesWhatMakesNoConflict(t *testing.T) {
	world := []gen.Endpoint{{Name: "us", URL: "http://127.0.0.1:1"}, {Name: "eu", URL: "http://127.0.0.1:2"}}
	for want, cfg := range map[string]conflict.Config{
		"a handle has one owner":         {Class: workload.Handle, Pairs: 1, Regions: world},
		"want at least 1":                {Regions: world},
		"more than 0":                    {Pairs: 1, Rate: -1, Regions: world},
		"none when the second":           {Pairs: 1, Gap: 1, Seen: true, Regions: world},
		"needs 2 regions":                {Pairs: 1, Regions: world[:1]},
		"not each is one of the regions": {Pairs: 1, Regions: world, Writers: []string{"us", "mars"}},
	} {
		if _, err := conflict.New(cfg); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
}
