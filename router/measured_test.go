package router

import (
	"testing"
	"time"
)

// slow makes a region answer its checks late.
func slow(s *stage, name string, by time.Duration) {
	s.region[name].set(func(a *actor) { a.late = by })
}

// By the topology us is the nearest. What counts is what the checks measure, and the one
// that is used stays while no other is much nearer.
func TestMeasured_FollowsTheChecks(t *testing.T) {
	s := newStage(t, func(c *Config) { c.Policy = Measured })
	slow(s, "us", 100*time.Millisecond)
	slow(s, "eu", 20*time.Millisecond)
	slow(s, "ap", 60*time.Millisecond)
	s.until("eu is current", func() bool { return s.current() == "eu" })
	s.servedBy(s.do("GET", "/profile/a", ""), "eu")
	slow(s, "ap", 18*time.Millisecond) // nearer, but not by much
	s.until("ap is seen to be as near", func() bool { return s.smoothed("ap") < 25*time.Millisecond })
	if got := s.current(); got != "eu" {
		t.Errorf("clients are at %s, want eu still", got)
	}
	s.region["eu"].set(func(a *actor) { a.ready = false })
	s.until("ap is current", func() bool { return s.current() == "ap" })
}

func TestStatic_IgnoresTheChecks(t *testing.T) {
	s := newStage(t)
	slow(s, "us", 100*time.Millisecond)
	s.until("us is seen to be slow", func() bool { return s.smoothed("us") > 50*time.Millisecond })
	s.servedBy(s.do("GET", "/profile/a", ""), "us")
}

// A move to a nearer region is a planned one: nobody is shown less than before.
func TestMeasured_AMoveDemandsWhatClientsSaw(t *testing.T) {
	s := newStage(t, func(c *Config) { c.Policy = Measured })
	euLog := keepLog(s, "eu", "us=7")
	keepLog(s, "us", "us=7")
	slow(s, "eu", 40*time.Millisecond)
	slow(s, "ap", 40*time.Millisecond)
	s.until("us is current", func() bool { return s.current() == "us" && s.smoothed("eu") > 20*time.Millisecond })
	s.servedBy(s.do("GET", "/counter/a", ""), "us")
	slow(s, "us", 200*time.Millisecond)
	slow(s, "eu", 0)
	s.until("eu is current", func() bool { return s.current() == "eu" })
	s.servedBy(s.do("GET", "/counter/a", ""), "eu")
	if got := euLog.lastDemand(); got != "us=7" {
		t.Errorf("demanded %q, want what clients had seen", got)
	}
}

// smoothed is what the router takes a region's round trip for.
func (s *stage) smoothed(name string) time.Duration {
	for _, r := range s.router.world.status().Regions {
		if r.Region == name {
			return time.Duration(r.Smoothed * float64(time.Second))
		}
	}
	s.t.Fatal("no region " + name)
	return 0
}
