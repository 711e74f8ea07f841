package router

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	dto "github.com/prometheus/client_model/go"
)

// What a loss costs is shown and counted: detection from the last good answer, the reroute
// up to the first answer of another region, the return from the first good check.
func TestOutage_IsMeasured(t *testing.T) {
	const silence, interval = 300 * time.Millisecond, 20 * time.Millisecond
	s := newStage(t, func(c *Config) { c.CheckInterval, c.CheckSlack = interval, silence })
	s.servedBy(s.do("GET", "/profile/a", ""), "us")
	before := time.Now()
	s.region["us"].set(func(a *actor) { a.silent = true })
	s.until("eu is current", func() bool { return s.current() == "eu" })
	took := time.Since(before)
	o := s.regionStatus("us").Outage
	if o == nil {
		t.Fatal("no outage is shown")
	}
	// Two checks in a row wait for a while each, and the last good answer was before them.
	if d := seconds(o.Detection); d < 2*silence || d > took+interval+time.Second || o.Reroute != 0 || o.Return != 0 {
		t.Errorf("after %v of silence it shows %+v, want a detection of at least %v and no more", took, *o, 2*silence)
	}

	s.servedBy(s.do("GET", "/profile/a", ""), "eu")
	if o = s.regionStatus("us").Outage; o.Reroute <= 0 || seconds(o.Reroute) > time.Since(before)-2*silence {
		t.Errorf("after an answer of eu it shows %+v, want the time of the reroute", *o)
	}
	first := o.Reroute
	s.servedBy(s.do("GET", "/profile/a", ""), "eu")
	if o = s.regionStatus("us").Outage; o.Reroute != first {
		t.Errorf("a second answer of eu changed the reroute from %v to %v", first, o.Reroute)
	}

	s.region["us"].set(func(a *actor) { a.silent = false })
	s.until("us is current", func() bool { return s.current() == "us" })
	if o = s.regionStatus("us").Outage; seconds(o.Return) < interval {
		t.Errorf("after its return it shows %+v, want about the time between three checks", *o)
	}
	got := s.do("GET", "/metrics", "").body
	for part, want := range map[string]float64{"detection": o.Detection, "reroute": o.Reroute, "return": o.Return} {
		for target, want := range map[string]float64{"us": want, "ap": 0} { // ap was never lost
			line := fmt.Sprintf("pangea_router_last_outage_seconds{part=%q,region=\"us\",target=%q} %v\n", part, target, want)
			if !strings.Contains(got, line) {
				t.Errorf("no line %s in\n%s", line, got)
			}
		}
	}
	m := s.router.metrics
	for name, h := range map[string]prometheus.Histogram{"detection": m.detection, "reroute": m.reroute, "return": m.comeback} {
		if got := observed(t, h); got != 1 {
			t.Errorf("%d times of a %s were counted, want 1", got, name)
		}
	}
}

// The loss of a region that no client uses moves nobody, and its last good answer was one
// to a check.
func TestOutage_OfAnUnusedRegion(t *testing.T) {
	const while = 1500 * time.Millisecond
	s := newStage(t)
	s.until("the router has run for a while", func() bool { return time.Since(s.router.world.begun) > while })
	s.region["ap"].set(func(a *actor) { a.ready = false })
	s.until("ap is lost", func() bool { return s.regionStatus("ap").Outage != nil })
	s.servedBy(s.do("GET", "/profile/a", ""), "us")
	if o := s.regionStatus("ap").Outage; seconds(o.Detection) > while {
		t.Errorf("it shows %+v, want a detection of about the time between two checks", *o)
	}
	if o := s.regionStatus("ap").Outage; o.Reroute != 0 || observed(t, s.router.metrics.reroute) != 0 {
		t.Errorf("it shows %+v, want no reroute", *o)
	}
}

func seconds(s float64) time.Duration { return time.Duration(s * float64(time.Second)) }

func observed(t *testing.T, h prometheus.Histogram) uint64 {
	t.Helper()
	var m dto.Metric
	if err := h.Write(&m); err != nil {
		t.Fatal(err)
	}
	return m.GetHistogram().GetSampleCount()
}
