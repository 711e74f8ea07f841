package loss

import (
	"strings"
	"testing"

	"pangea/region/topology"
)

func experiment(t *testing.T, cfg Config) *Experiment {
	t.Helper()
	e, err := New(cfg, world(), nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func world() *topology.Topology {
	return &topology.Topology{Regions: []topology.Region{{Name: "us"}, {Name: "eu"}, {Name: "ap"}}}
}

func TestSchedule_FollowsFromTheSeed(t *testing.T) {
	one, same, other := experiment(t, Config{Rounds: 1, Rate: 1, Seed: 7}), experiment(t, Config{Rounds: 1, Rate: 2, Seed: 7}), experiment(t, Config{Rounds: 1, Rate: 1, Seed: 8})
	hit, differ := map[string]bool{}, false
	for i := range 30 {
		s := one.schedule(i)
		if s != same.schedule(i) {
			t.Errorf("round %d: got %+v and %+v, want the same", i, s, same.schedule(i))
		}
		if s.At < earliest || s.At > latest || s.Away < soonest || s.Away > slowest {
			t.Errorf("round %d: %+v is out of bounds", i, s)
		}
		differ = differ || s != other.schedule(i)
		hit[s.Region] = true
	}
	if len(hit) != 3 || !differ {
		t.Errorf("hit %v, differs from another seed: %v; want all regions and true", hit, differ)
	}
	if s := experiment(t, Config{Rounds: 1, Rate: 1, Seed: 7, Region: "ap"}).schedule(3); s.Region != "ap" || s.At != one.schedule(3).At {
		t.Errorf("got %+v, want ap at %v", s, one.schedule(3).At)
	}
}

func TestNew_RefusesBadConfig(t *testing.T) {
	for want, cfg := range map[string]Config{
		"rounds": {Rate: 1},
		"rate":   {Rounds: 1},
		`unknown region "mars": the regions are us, eu, ap`: {Rounds: 1, Rate: 1, Region: "mars"},
		"limit": {Rounds: 1, Rate: 1, Limit: 1},
	} {
		if _, err := New(cfg, world(), nil, nil); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
}
