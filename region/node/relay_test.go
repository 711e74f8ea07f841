package node_test

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"pangea/chaos/links"
	"pangea/region/regiontest"
)

// us and eu are cut off from each other, ap reaches both and claims handles that it
// owns all the time. With the relay off, the cut stays a cut: what ap writes after it
// has seen us waits at eu (I6). It is stored there nonetheless, so ap's claims go on.
func TestCut_WithoutRelay(t *testing.T) {
	t.Parallel()
	w := regiontest.New(t, regiontest.Options{})
	claims := claimAt(t, w, "ap")
	w.Cut(t, "us", "eu", links.BothWays, links.Blackhole)
	seenByAp(t, w, "us", "eu")

	for blocked, on := range map[string]string{"us": "eu", "eu": "us"} {
		regiontest.Eventually(t, regiontest.Patience, func() string {
			if got := w.Status(t, blocked).BlockedOn["ap"]; !strings.HasPrefix(got, on+"=") {
				return fmt.Sprintf("at %s, ap is blocked on %q, want %s", blocked, got, on)
			}
			return ""
		})
	}
	from := claims.count(t)
	regiontest.Eventually(t, regiontest.Patience, func() string {
		if to := claims.count(t); to < from+5 {
			return fmt.Sprintf("%d claims in the cut", to-from)
		}
		return ""
	})
	regiontest.Throughout(t, 3*time.Second, func() string {
		if a := w.Do(t, "eu", "GET", "/profile/us", ""); a.Status != 404 {
			return "eu shows what us wrote: " + a.Body
		}
		return shows(t, w, "eu", "/counter/after", "value", "0")
	})
	for _, name := range []string{"us", "eu"} {
		if n := w.Metric(t, name, `pangea_relay_entries_total{holder="ap"}`); n != 0 {
			t.Errorf("%s has read %v entries of the other from ap", name, n)
		}
	}

	w.HealAll(t)
	claims.stop()
	w.WaitConverged(t)
	claims.check(t)
}

// The same with the relay on: eu reads us's log from ap, and us eu's.
func TestCut_RelayCarriesLogsAroundIt(t *testing.T) {
	t.Parallel()
	w := regiontest.New(t, regiontest.Options{RelayAfter: time.Second})
	claims := claimAt(t, w, "ap")
	w.Cut(t, "us", "eu", links.BothWays, links.Blackhole)
	seenByAp(t, w, "us", "eu")
	for _, path := range []string{"/profile/us", "/profile/eu"} {
		for _, name := range w.Names() {
			regiontest.Eventually(t, regiontest.Patience, func() string { return shows(t, w, name, path, "value", "1") })
		}
	}
	regiontest.Eventually(t, regiontest.Patience, func() string { return shows(t, w, "eu", "/counter/after", "value", "1") })

	w.HealAll(t)
	claims.stop()
	w.WaitConverged(t)
	claims.check(t)
}

// With the relay on, a cut link makes nobody wait: what a region shows of another is no
// older than the silence after which it asks the third, and what that takes.
func TestCut_RelayKeepsEveryoneFresh(t *testing.T) {
	t.Parallel()
	const after = 2 * time.Second
	w := regiontest.New(t, regiontest.Options{RelayAfter: after})
	beat(t, w)
	regiontest.Eventually(t, regiontest.Patience, func() string { return staler(t, w, after) })
	w.Cut(t, "us", "eu", links.BothWays, links.Blackhole)
	regiontest.Throughout(t, 12*time.Second, func() string { return staler(t, w, 2*after) })
	for _, name := range []string{"us", "eu"} {
		if n := w.Metric(t, name, `pangea_relay_entries_total{holder="ap"}`); n == 0 {
			t.Errorf("%s has read nothing of the other from ap: the link was not cut", name)
		}
	}
}

// beat has each region write the time to a profile of its own, all the while.
func beat(t *testing.T, w *regiontest.World) {
	var clients []func(context.Context)
	for _, name := range w.Names() {
		clients = append(clients, func(ctx context.Context) {
			every(ctx, 50*time.Millisecond, func() {
				w.OK(t, name, "PUT", "/profile/"+name, strconv.FormatInt(time.Now().UnixMilli(), 10))
			})
		})
	}
	background(t, clients...)
}

// staler describes a region that shows a beat that is older than limit.
func staler(t *testing.T, w *regiontest.World, limit time.Duration) string {
	for _, name := range w.Names() {
		for _, origin := range w.Names() {
			a := w.Do(t, name, "GET", "/profile/"+origin, "")
			at, err := strconv.ParseInt(a.Field("value"), 10, 64)
			if age := time.Since(time.UnixMilli(at)); err != nil || age > limit {
				return fmt.Sprintf("%s shows what %s wrote %s ago: %d %s", name, origin, age, a.Status, a.Body)
			}
		}
	}
	return ""
}

// seenByAp writes a profile in each region, lets ap see it, and then has ap write.
func seenByAp(t *testing.T, w *regiontest.World, names ...string) {
	t.Helper()
	for _, name := range names {
		w.OK(t, name, "PUT", "/profile/"+name, "1")
		regiontest.Eventually(t, regiontest.Patience, func() string { return shows(t, w, "ap", "/profile/"+name, "value", "1") })
	}
	w.OK(t, "ap", "POST", "/counter/after/incr", "")
}

// claims are handles that a region claims in the background.
type claims struct {
	world *regiontest.World
	owner string
	stop  func()
}

// claimAt claims one handle after the other at the region that owns them. Each must
// be granted.
func claimAt(t *testing.T, w *regiontest.World, owner string) *claims {
	n := 0
	stop := background(t, func(ctx context.Context) {
		every(ctx, 50*time.Millisecond, func() {
			n++
			a, err := w.Try(t, owner, "PUT", "/handle/"+handleOf(w, owner, n), `{"claimant":"user"}`)
			if err != nil || a.Status != 201 {
				t.Errorf("claim %d at %s: %d %s %v", n, owner, a.Status, a.Body, err)
			}
		})
	})
	return &claims{world: w, owner: owner, stop: stop}
}

func (c *claims) count(t *testing.T) int64 {
	return c.world.Number(t, c.owner, "select count(*) from handle")
}

// check compares what the regions hold.
func (c *claims) check(t *testing.T) {
	t.Helper()
	want := c.count(t)
	for _, name := range c.world.Names() {
		if got := c.world.Number(t, name, "select count(*) from handle where claimant = 'user'"); got != want || got == 0 {
			t.Errorf("%s has %d claims, want %d", name, got, want)
		}
	}
}

// handleOf is the n-th of a series of handles that a region owns.
func handleOf(w *regiontest.World, owner string, n int) string {
	for i := 0; ; i++ {
		if name := fmt.Sprintf("h%d-%d", n, i); w.Topology.Handles.Owner(name) == owner {
			return name
		}
	}
}
