package node_test

import (
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"pangea/chaos/links"
	"pangea/region"
	"pangea/region/node"
	"pangea/region/position"
	"pangea/region/regiontest"
	"pangea/region/topology"
)

// What us wrote last reached no peer, and its database is an older copy: the stream alone
// has it. The database refuses to take it back at first. It is tried until it does, and
// nothing is served before.
func TestSalvage_IsRepeatedUntilAllIsStored(t *testing.T) {
	t.Parallel()
	w := regiontest.New(t, regiontest.Options{Regions: []string{"us", "eu"}})
	writeEntries(t, w, 10)
	w.WaitConverged(t)
	w.Stop(t, "us")
	w.Dump(t, "us")
	w.Start(t, "us")
	w.Cut(t, "us", "eu", links.BothWays, links.Refuse)
	writeEntries(t, w, 300) // more than is delivered at once
	inStream(t, w, 310)
	w.Stop(t, "us")
	w.Restore(t, "us")
	database := w.Database("us")
	w.Exec(t, "us", database, "create sequence tries")
	w.Exec(t, "us", database, `create function refuse() returns trigger language plpgsql as $$ begin
		perform nextval('tries'); raise exception 'not now'; end $$`)
	w.Exec(t, "us", database, `create trigger refuse before insert or update on positions for each row
		when (new.origin = 'us' and new.stored > 280) execute function refuse()`)
	w.Launch(t, "us")
	regiontest.Eventually(t, regiontest.Patience, func() string {
		if tries := w.Number(t, "us", "select last_value from tries"); tries < 3 {
			return fmt.Sprintf("it was tried %d times", tries)
		}
		return ""
	})
	regiontest.Throughout(t, position.Silence+2*time.Second, func() string { // it waits for no peer then
		if a, err := w.Try(t, "us", "GET", "/counter/a", ""); err == nil && a.Status != 503 {
			return fmt.Sprintf("it serves %d %s", a.Status, a.Body)
		}
		return ""
	})
	w.Exec(t, "us", database, "drop trigger refuse on positions")
	regiontest.Eventually(t, regiontest.Patience, func() string { return shows(t, w, "us", "/counter/a", "value", "310") })
	w.HealAll(t)
	w.WaitConverged(t)
	if got := counter(t, w, "eu", "a"); got != 310 {
		t.Errorf("eu: the counter is %d, want 310", got)
	}
}

// us has lost its database, and is alone. Its stream, which begins late, has what reached
// no peer: when us hears of eu it joins a snapshot, and goes on from there with the stream.
func TestSalvage_FollowsTheSnapshot(t *testing.T) {
	t.Parallel()
	w := regiontest.New(t, regiontest.Options{Regions: []string{"us", "eu"}, Change: func(c *node.Config) {
		limit(c, func(r *topology.Retention) { r.StreamBytes = 4 * region.MaxEntry })
	}})
	large := fmt.Sprintf("%q", strings.Repeat("x", 60_000))
	for n := range 2 * 4 * region.MaxEntry / 60_000 {
		w.OK(t, "us", "PUT", fmt.Sprintf("/profile/%d", n), large)
	}
	w.WaitConverged(t)
	w.Cut(t, "us", "eu", links.BothWays, links.Refuse)
	writeEntries(t, w, 10)
	head := w.Status(t, "us").Head.Seq
	inStream(t, w, head)
	w.Stop(t, "us")
	w.LoseDatabase(t, "us")
	w.Launch(t, "us")
	regiontest.Eventually(t, regiontest.Patience, func() string {
		if s := w.Status(t, "us"); !strings.Contains(s.Reason, "its own stream") {
			return "us says: " + s.Reason
		}
		return ""
	})
	w.HealAll(t)
	w.WaitReady(t, "us")
	regiontest.Eventually(t, regiontest.Patience, func() string { return shows(t, w, "us", "/counter/a", "value", "10") })
	w.WaitConverged(t)
	if n := w.Metric(t, "us", `pangea_seed_joins_total{result="joined"}`); n != 1 {
		t.Errorf("us has joined %v snapshots, want 1", n)
	}
	if applied := w.Number(t, "eu", "select applied from vector where origin = 'us'"); uint64(applied) != head {
		t.Errorf("eu has applied the former log up to %d, want %d", applied, head)
	}
}

// An older copy of the database takes the place of the newer one under a running us. What
// only the stream has is not lost.
func TestSalvage_ADatabaseThatChangesUnderARunningRegion(t *testing.T) {
	t.Parallel()
	w := regiontest.New(t, regiontest.Options{Regions: []string{"us", "eu"}})
	writeEntries(t, w, 10)
	w.WaitConverged(t)
	w.Stop(t, "us")
	w.Dump(t, "us")
	w.Start(t, "us")
	w.Cut(t, "us", "eu", links.BothWays, links.Refuse)
	writeEntries(t, w, 20)
	inStream(t, w, 30)
	w.Restore(t, "us")
	regiontest.Eventually(t, regiontest.Patience, func() string {
		if s := w.Status(t, "us"); s.Epoch < 2 {
			return fmt.Sprintf("us goes on in epoch %d", s.Epoch)
		}
		return shows(t, w, "us", "/counter/a", "value", "30")
	})
	w.HealAll(t)
	w.WaitConverged(t)
}

// us is restored, and what comes before the rest of its stream is only at eu, which is away.
// us serves meanwhile, and takes writes, but decides about no handle. When eu is back, all
// that the stream had is there.
func TestSalvage_WhatIsOutOfReachKeepsNobodyWaiting(t *testing.T) {
	t.Parallel()
	w := regiontest.New(t, regiontest.Options{Change: func(c *node.Config) {
		limit(c, func(r *topology.Retention) { r.StreamBytes = 4 * region.MaxEntry })
	}})
	writeEntries(t, w, 10)
	w.WaitConverged(t)
	w.Stop(t, "us")
	w.Dump(t, "us")
	w.Cut(t, "us", "ap", links.BothWays, links.Refuse)
	w.Cut(t, "eu", "ap", links.BothWays, links.Refuse)
	w.Start(t, "us")
	large := fmt.Sprintf("%q", strings.Repeat("x", 60_000))
	for n := range 2 * 4 * region.MaxEntry / 60_000 {
		w.OK(t, "us", "PUT", fmt.Sprintf("/profile/%d", n), large)
	}
	lost := w.Status(t, "us").Vector
	regiontest.Eventually(t, regiontest.Patience, func() string {
		if s := w.Status(t, "eu").Stored; !strings.Contains(s, strings.Split(lost, ",")[0]) {
			return "eu stores " + s + ", us has " + lost
		}
		return ""
	})
	w.Cut(t, "us", "eu", links.BothWays, links.Refuse)
	writeEntries(t, w, 10)
	inStream(t, w, w.Status(t, "us").Head.Seq)
	w.Stop(t, "us")
	w.Restore(t, "us")
	w.Heal(t, "us", "ap")
	w.Start(t, "us")
	if got := counter(t, w, "us", "a"); got != 10 {
		t.Errorf("us: the counter is %d, want 10", got)
	}
	if w.Status(t, "us").Handles.Decides {
		t.Error("us says that it decides about handles")
	}
	writeEntries(t, w, 5)
	regiontest.Eventually(t, regiontest.Patience, func() string { return shows(t, w, "ap", "/counter/a", "value", "15") })
	w.HealAll(t)
	regiontest.Eventually(t, regiontest.Patience, func() string { return shows(t, w, "us", "/counter/a", "value", "25") })
	w.WaitConverged(t)
	waitDecides(t, w, "us")
}

// us is restored while nobody can read its stream, which alone has what us wrote last. us
// serves without that, and decides about no handle; then all is there.
func TestSalvage_AStreamThatCannotBeReadYet(t *testing.T) {
	t.Parallel()
	w := regiontest.New(t, regiontest.Options{Regions: []string{"us", "eu"}, Clustered: "us"})
	writeEntries(t, w, 10)
	w.WaitConverged(t)
	w.Stop(t, "us")
	w.Dump(t, "us")
	for range 2 { // the second time, the stream may hold a later epoch than us takes
		w.Cut(t, "us", "eu", links.BothWays, links.Refuse)
		w.Start(t, "us")
		writeEntries(t, w, 5)
		inStream(t, w, w.Status(t, "us").Head.Seq)
		want := counter(t, w, "us", "a")
		w.Stop(t, "us")
		w.NATS.Kill(t, w.NATS.Names()...)
		w.Restore(t, "us")
		w.Start(t, "us")
		if got := counter(t, w, "us", "a"); got != 10 {
			t.Errorf("us: the counter is %d, want 10", got)
		}
		w.NATS.Start(t, w.NATS.Names()...)
		regiontest.Throughout(t, time.Second, func() string {
			if w.Status(t, "us").Handles.Decides {
				return "us says that it decides about handles"
			}
			return ""
		})
		w.HealAll(t)
		regiontest.Eventually(t, regiontest.Patience, func() string {
			return shows(t, w, "us", "/counter/a", "value", strconv.FormatInt(want, 10))
		})
		w.WaitConverged(t)
		waitDecides(t, w, "us")
		w.Stop(t, "us")
	}
}

// One dump is restored twice, where nobody but the stream knows of the epoch that was begun
// in between. Its number is not taken again (I14), and nothing of it is lost.
func TestSalvage_TheSameDumpTwice(t *testing.T) {
	t.Parallel()
	w := regiontest.New(t, regiontest.Options{Regions: []string{"us"}})
	writeEntries(t, w, 5)
	w.Stop(t, "us")
	w.Dump(t, "us")
	for restored := range 2 {
		w.Restore(t, "us")
		w.Start(t, "us")
		if s := w.Status(t, "us"); int(s.Epoch) != restored+2 {
			t.Errorf("restored %d times before, us goes on in epoch %d", restored, s.Epoch)
		}
		regiontest.Eventually(t, regiontest.Patience, func() string {
			return shows(t, w, "us", "/counter/a", "value", strconv.Itoa(5+3*restored))
		})
		writeEntries(t, w, 3)
		inStream(t, w, 3)
		w.Stop(t, "us")
	}
}

// inStream waits until the stream of us has its log, which ends in seq.
func inStream(t *testing.T, w *regiontest.World, seq uint64) {
	t.Helper()
	regiontest.Eventually(t, regiontest.Patience, func() string {
		if next := w.Metric(t, "us", "pangea_shipper_next_seq"); uint64(next) != seq+1 {
			return fmt.Sprintf("the stream of us waits for entry %v", next)
		}
		return ""
	})
}
