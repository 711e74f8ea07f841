package node_test

import (
	"cmp"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"pangea/chaos/links"
	"pangea/region"
	"pangea/region/node"
	"pangea/region/regiontest"
	"pangea/region/topology"
)

// space is what a region says of one store; the zero Space before it has measured.
func space(t *testing.T, w *regiontest.World, name, store string) region.Space {
	t.Helper()
	for _, s := range w.Status(t, name).Space {
		if s.Name == store {
			return s
		}
	}
	return region.Space{}
}

// blockedBy describes a store that is not kept from collection by peer, nobody if that
// is empty, or whose forecast or metrics do not go with that.
func blockedBy(t *testing.T, w *regiontest.World, name, store, peer string, runsOut bool) string {
	t.Helper()
	s := space(t, w, name, store)
	if s.BoundedBy == "" || s.BlockedBy != peer || (s.RunsOutSeconds >= 0) != runsOut {
		return fmt.Sprintf("%s at %s is not blocked by %q: %+v", store, name, peer, s)
	}
	left := w.Metric(t, name, fmt.Sprintf(`pangea_space_runs_out_seconds{store=%q}`, store))
	if math.IsInf(left, 1) == runsOut {
		return fmt.Sprintf("%s at %s runs out in %v by its metric: %+v", store, name, left, s)
	}
	for _, p := range w.Names() {
		if blocked := w.Metric(t, name, fmt.Sprintf(`pangea_space_blocked{peer=%q,store=%q}`, p, store)); (blocked == 1) != (p == peer) {
			return fmt.Sprintf("%s at %s is blocked by %s: %v by its metric: %+v", store, name, p, blocked, s)
		}
	}
	return ""
}

// growing describes a store that is not seen to grow towards the limit of what is kept for
// a peer.
func growing(t *testing.T, w *regiontest.World, name, store string) string {
	t.Helper()
	if s := space(t, w, name, store); s.Size == 0 || s.GrowthPerSecond <= 0 || s.Limit != 8<<30 || s.Unit != "bytes" {
		return fmt.Sprintf("%s at %s does not grow: %+v", store, name, s)
	}
	return ""
}

// limit changes a region's retention.
func limit(c *node.Config, change func(*topology.Retention)) {
	mine := *c.Topology
	change(&mine.Retention)
	c.Topology = &mine
}

// While a peer is away, the logs that are kept for it name it, and say when that ends;
// when it is back they go.
func TestSpace_LogsNameThePeerThatTheyAreKeptFor(t *testing.T) {
	t.Parallel()
	w := regiontest.New(t, regiontest.Options{Change: smallPartitions})
	writeEntries(t, w, 3*partitionEntries)
	w.WaitConverged(t)
	free := func() string {
		return cmp.Or(held(t, w, partitionEntries), blockedBy(t, w, "us", "outbox", "", false), blockedBy(t, w, "eu", "inbox", "", false))
	}
	regiontest.Eventually(t, regiontest.Patience, free)

	w.Stop(t, "ap")
	regiontest.Eventually(t, regiontest.Patience, func() string {
		writeEntries(t, w, partitionEntries)
		return cmp.Or(blockedBy(t, w, "us", "outbox", "ap", true), blockedBy(t, w, "eu", "inbox", "ap", true), growing(t, w, "us", "outbox"))
	})
	if bytes := w.Metric(t, "us", `pangea_peer_held_bytes{peer="ap"}`); bytes == 0 {
		t.Error("us keeps nothing for ap, by its metric")
	}
	w.Start(t, "ap")
	w.WaitConverged(t)
	regiontest.Eventually(t, regiontest.Patience, free)
}

// A peer that is in reach but applies nothing holds the logs back only up to a size. It
// alone is de-registered, and is taken back once it has what was kept.
func TestRetention_DeregistersAPeerThatHoldsBackTooMuch(t *testing.T) {
	t.Parallel()
	pace := time.Hour // from the start on
	w := regiontest.New(t, regiontest.Options{Change: func(c *node.Config) {
		c.KeepEvery = 100 * time.Millisecond
		if c.Region == "ap" {
			c.Writer.MergePace = pace
		} else {
			limit(c, func(r *topology.Retention) { r.PeerBytes = 1 << 20 })
		}
	}})
	value := fmt.Sprintf("%q", strings.Repeat("x", 60_000))
	ap := func(name string) (p region.PeerStatus) {
		for _, p = range w.Status(t, name).Peers {
			if p.Region == "ap" {
				return p
			}
		}
		return p
	}
	for n := 0; ap("us").Registered; n++ {
		if n > 100 {
			t.Fatalf("ap is registered after %d writes: %+v", n, ap("us"))
		}
		w.OK(t, "us", "PUT", fmt.Sprintf("/profile/%d", n), value, "X-Ack", "peer", "Prefer", "wait=30") // eu is not behind
	}
	regiontest.Throughout(t, time.Second, func() string {
		if p := ap("us"); p.Registered || !p.Reachable || p.HeldBytes <= 1<<20 {
			return fmt.Sprintf("ap at us: %+v", p)
		}
		for _, p := range w.Status(t, "us").Peers {
			if p.Registered != (p.Region == "eu") {
				return fmt.Sprintf("us has de-registered the wrong peer: %+v", p)
			}
		}
		return ""
	})
	regiontest.Eventually(t, regiontest.Patience, func() string { // by what eu keeps of us's log
		return cmp.Or(blockedBy(t, w, "eu", "inbox", "", false), blockedBy(t, w, "us", "outbox", "", false))
	})

	w.Stop(t, "ap")
	pace = 0
	w.Start(t, "ap")
	w.WaitConverged(t)
	regiontest.Eventually(t, regiontest.Patience, func() string {
		if p := ap("us"); !p.Registered || p.HeldBytes != 0 {
			return fmt.Sprintf("ap at us: %+v", p)
		}
		return ""
	})
}

// Of the lost writes the newest are kept, and the sums of all of them.
func TestSpace_ConflictsAreBounded(t *testing.T) {
	t.Parallel()
	const keep, races = 10, 30
	w := regiontest.New(t, regiontest.Options{Regions: []string{"us", "eu"}, Change: func(c *node.Config) {
		c.KeepEvery = 100 * time.Millisecond
		limit(c, func(r *topology.Retention) { r.Conflicts = keep })
	}})
	w.Cut(t, "us", "eu", links.BothWays, links.Refuse)
	for n := range races {
		w.OK(t, "us", "PUT", fmt.Sprintf("/profile/%d", n), "1")
	}
	for n := range races {
		w.OK(t, "eu", "PUT", fmt.Sprintf("/profile/%d", n), "2")
	}
	w.HealAll(t)
	w.WaitConverged(t)
	regiontest.Eventually(t, regiontest.Patience, func() string {
		if s := space(t, w, "us", "conflicts"); s.Size != keep || s.Limit != keep || s.Unit != "rows" || s.RunsOutSeconds != -1 {
			return fmt.Sprintf("us says %+v", s)
		}
		return blockedBy(t, w, "us", "conflicts", "", false)
	})
	if last := w.Number(t, "us", "select min(id) from conflicts"); last != races-keep+1 {
		t.Errorf("the oldest conflict is %d", last)
	}
	for _, row := range w.Ledger(t, "us") {
		if row.Class == "profile" && row.Origin == "us" && row.Concurrent != races {
			t.Errorf("the ledger has lost the sum: %+v", row)
		}
	}
}

// A key is known for as long as was said, then its row goes.
func TestSpace_IdempotencyKeysAreForgotten(t *testing.T) {
	t.Parallel()
	const life = 4 * time.Second
	w := regiontest.New(t, regiontest.Options{Regions: []string{"us"}, Change: func(c *node.Config) {
		c.KeepEvery = 100 * time.Millisecond
		limit(c, func(r *topology.Retention) { r.Idempotency = life })
	}})
	begin := time.Now()
	w.OK(t, "us", "POST", "/counter/a/incr", "", "Idempotency-Key", "once")
	regiontest.Eventually(t, life, func() string {
		if s := space(t, w, "us", "idempotency"); s.Size != 1 || s.Unit != "rows" {
			return fmt.Sprintf("us says %+v", s)
		}
		return blockedBy(t, w, "us", "idempotency", "", false)
	})
	regiontest.Eventually(t, 3*life, func() string {
		if s := space(t, w, "us", "idempotency"); s.Size != 0 {
			return fmt.Sprintf("us says %+v", s)
		}
		return ""
	})
	if lived := time.Since(begin); lived < life {
		t.Errorf("the key was forgotten after %s", lived)
	}
}

// A tombstone names the peer that may not have it, registered or not.
func TestSpace_TombstonesNameThePeerThatTheyAreKeptFor(t *testing.T) {
	t.Parallel()
	w := regiontest.New(t, regiontest.Options{Change: func(c *node.Config) { c.KeepEvery = 100 * time.Millisecond }})
	w.OK(t, "us", "PATCH", "/prefs/p", `{"f":1,"g":1}`)
	w.OK(t, "us", "PATCH", "/prefs/q", `{"f":1}`)
	w.WaitConverged(t)
	w.Stop(t, "ap")
	w.OK(t, "us", "PATCH", "/prefs/p", `{"f":null}`)
	w.OK(t, "us", "PATCH", "/prefs/q", `{"f":null}`) // stays, since q has no other
	kept := func(n int64, peer string) func() string {
		return func() string {
			if s := space(t, w, "us", "tombstones"); s.Size != n || s.Unit != "rows" {
				return fmt.Sprintf("us says %+v", s)
			}
			return blockedBy(t, w, "us", "tombstones", peer, false)
		}
	}
	regiontest.Eventually(t, regiontest.Patience, kept(2, "ap"))
	w.Start(t, "ap")
	regiontest.Eventually(t, regiontest.Patience, kept(1, ""))
}

// The stream is held to its size whoever is away, and the disk is what it is.
func TestSpace_StreamIsBoundedAndTheDiskIsSeen(t *testing.T) {
	t.Parallel()
	const bytes = 4 << 20
	w := regiontest.New(t, regiontest.Options{Regions: []string{"us", "eu"}, Change: func(c *node.Config) {
		c.KeepEvery = 100 * time.Millisecond
		limit(c, func(r *topology.Retention) { r.StreamBytes = bytes })
	}})
	w.Stop(t, "eu")
	value := fmt.Sprintf("%q", strings.Repeat("x", 60_000))
	for n := range 2 * bytes / 60_000 {
		w.OK(t, "us", "PUT", fmt.Sprintf("/profile/%d", n), value)
	}
	regiontest.Eventually(t, regiontest.Patience, func() string {
		if s := space(t, w, "us", "stream"); s.Size < bytes/2 || s.Size > bytes || s.Limit != bytes {
			return fmt.Sprintf("us says %+v", s)
		}
		return blockedBy(t, w, "us", "stream", "", false)
	})
	if s := space(t, w, "us", "disk"); s.Size == 0 || s.Limit < s.Size || s.BoundedBy == "" {
		t.Errorf("the disk: %+v", s)
	}
	w.Start(t, "eu")
	w.WaitConverged(t)
}
