package node_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"pangea/chaos/links"
	"pangea/region/position"
	"pangea/region/regiontest"
)

// eu's database and stream are gone. It comes back empty under a new epoch, joins a
// snapshot while us and ap go on writing, and serves only when it has caught up. All
// that a survivor had is there, handles and removed tags too, and the books balance.
func TestSeed_ALostRegionJoinsUnderLoad(t *testing.T) {
	t.Parallel()
	w := regiontest.New(t, regiontest.Options{})
	b := newBooks()
	for _, name := range w.Names() {
		fill(t, w, b, name)
	}
	handle := handleOf(w, "eu", 1)
	w.OK(t, "eu", "PUT", "/handle/"+handle, `{"claimant":"user:1"}`)
	w.WaitConverged(t)
	stop := background(t, incrementing(t, w, b, "us"), incrementing(t, w, b, "ap"))
	w.Destroy(t, "eu")
	w.Launch(t, "eu")
	servesNothingStale(t, w, "eu", "/counter/eu", "value", "20")
	stop()
	w.WaitConverged(t)

	if s := w.Status(t, "eu"); s.Epoch != 2 {
		t.Errorf("eu goes on in epoch %d, want 2", s.Epoch)
	}
	if n := w.Metric(t, "eu", `pangea_seed_joins_total{result="joined"}`); n != 1 {
		t.Errorf("eu has joined %v snapshots, want 1", n)
	}
	for key := range b.counters {
		for _, name := range w.Names() {
			if got := counter(t, w, name, key); !b.counters[key].hold(got) {
				t.Errorf("%s: counter %s is %d, want %+v", name, key, got, b.counters[key])
			}
		}
	}
	if a := w.Do(t, "eu", "PUT", "/handle/"+handle, `{"claimant":"user:2"}`); a.Status != 409 {
		t.Errorf("the handle that user:1 has was given away again: %d %s", a.Status, a.Body)
	}
	w.OK(t, "eu", "POST", "/counter/eu/incr", "")
	w.WaitConverged(t)
	for _, name := range w.Names() {
		if got := counter(t, w, name, "eu"); got != 21 {
			t.Errorf("%s: counter eu is %d, want 21", name, got)
		}
		balanced(t, w, name)
	}
}

// fill writes something of every class at a region, and takes some of it back.
func fill(t *testing.T, w *regiontest.World, b *books, name string) {
	t.Helper()
	for range 20 {
		b.send(t, w, name, incr(name))
	}
	for i := range 10 {
		w.OK(t, name, "PUT", fmt.Sprintf("/profile/%s%d", name, i), fmt.Sprint(i))
		w.OK(t, name, "POST", "/tags/a/add", fmt.Sprintf(`{"tag":"%s%d"}`, name, i))
		w.OK(t, name, "PATCH", "/prefs/a", fmt.Sprintf(`{"%s%d":1}`, name, i))
		if i%2 == 0 {
			w.OK(t, name, "POST", "/tags/a/remove", fmt.Sprintf(`{"tag":"%s%d"}`, name, i))
			w.OK(t, name, "PATCH", "/prefs/a", fmt.Sprintf(`{"%s%d":null}`, name, i))
		}
	}
}

// incrementing adds to a counter at a region, which must always work.
func incrementing(t *testing.T, w *regiontest.World, b *books, name string) func(context.Context) {
	return func(ctx context.Context) {
		every(ctx, 20*time.Millisecond, func() {
			if o := b.send(t, w, name, incr(name)); o != done {
				t.Errorf("a write at %s was not acknowledged", name)
			}
		})
	}
}

// servesNothingStale waits until a region serves; the first answer must have a field's
// value.
func servesNothingStale(t *testing.T, w *regiontest.World, name, path, field, want string) {
	t.Helper()
	regiontest.Eventually(t, regiontest.Patience, func() string {
		a, err := w.Try(t, name, "GET", path, "")
		switch {
		case err != nil:
			return err.Error()
		case a.Status == 503:
			return a.Body
		case a.Status != 200 || a.Field(field) != want:
			t.Fatalf("%s served %d %s, want %s %s", name, a.Status, a.Body, field, want)
		}
		return ""
	})
}

// balanced fails the test unless every event of the region's logs is accounted for (I9).
func balanced(t *testing.T, w *regiontest.World, name string) {
	t.Helper()
	for _, row := range w.Ledger(t, name) {
		if ended := row.Live + row.Merged + row.Superseded + row.Concurrent + row.ClockSkew + row.Removed; row.Committed != ended {
			t.Errorf("%s: committed %d events, %d are accounted for: %+v", name, row.Committed, ended, row)
		}
	}
}

// eu is cut off for so long that nobody keeps logs for it any more, nor it for them, and
// all go on writing. The streams have forgotten too. When it is back both sides join each
// other, one after the other, so that somebody serves: every write is there.
func TestSeed_ADeregisteredPeerJoins(t *testing.T) {
	t.Parallel()
	w := regiontest.New(t, regiontest.Options{Change: forgetful})
	b := newBooks()
	for _, name := range w.Names() {
		fill(t, w, b, name)
	}
	w.WaitConverged(t)
	w.Cut(t, "us", "eu", links.BothWays, links.Refuse)
	w.Cut(t, "ap", "eu", links.BothWays, links.Refuse)
	for range 2 {
		for _, name := range w.Names() {
			fill(t, w, b, name)
		}
	}
	for _, at := range []struct{ name, peer string }{{"us", "eu"}, {"ap", "eu"}, {"eu", "us"}, {"eu", "ap"}} {
		regiontest.Eventually(t, regiontest.Patience, func() string { return forgotten(t, w, at.name, at.peer) })
	}
	for _, name := range w.Names() {
		w.DeleteStream(t, name) // it begins again with what the outbox still has
	}
	var release []func() // joins take their time
	for _, name := range w.Names() {
		release = append(release, w.Lock(t, name, "profile"))
	}
	w.HealAll(t)
	stop := background(t, servedBySomebody(t, w))
	defer stop()
	regiontest.Eventually(t, regiontest.Patience, func() string {
		if ready := readyRegions(t, w); len(ready) > 1 {
			return fmt.Sprintf("%v go on serving", ready)
		}
		return ""
	})
	time.Sleep(2 * position.Silence)
	for _, goOn := range release {
		goOn()
	}
	regiontest.Eventually(t, regiontest.Patience, func() string {
		joins := 0.0
		for _, name := range w.Names() {
			joins += w.Metric(t, name, `pangea_seed_joins_total{result="joined"}`)
		}
		if joins < 3 {
			return fmt.Sprintf("%v snapshots were joined", joins)
		}
		return ""
	})
	for _, name := range w.Names() {
		w.WaitReady(t, name)
	}
	w.WaitConverged(t)
	for _, name := range w.Names() {
		for _, key := range w.Names() {
			if got := counter(t, w, name, key); got != 60 {
				t.Errorf("%s: counter %s is %d, want 60", name, key, got)
			}
		}
		balanced(t, w, name)
	}
	regiontest.Eventually(t, regiontest.Patience, func() string {
		for _, name := range w.Names() {
			for _, p := range w.Status(t, name).Peers {
				if !p.Registered {
					return name + " has not taken " + p.Region + " back"
				}
			}
		}
		return ""
	})
}

func readyRegions(t *testing.T, w *regiontest.World) (ready []string) {
	for _, name := range w.Names() {
		if w.Status(t, name).Ready {
			ready = append(ready, name)
		}
	}
	return ready
}

// servedBySomebody fails the test if no region serves. One may cease to while the next is
// asked, so they are asked again.
func servedBySomebody(t *testing.T, w *regiontest.World) func(context.Context) {
	serves := func() bool {
		for _, name := range w.Names() {
			if a, err := w.Try(t, name, "GET", "/counter/us", ""); err == nil && a.Status == 200 {
				return true
			}
		}
		return false
	}
	return func(ctx context.Context) {
		every(ctx, 5*time.Millisecond, func() {
			if again := !serves(); again && !serves() && ctx.Err() == nil {
				t.Error("no region serves")
			}
		})
	}
}

// forgotten describes a region that still keeps what a peer lacks.
func forgotten(t *testing.T, w *regiontest.World, name, peer string) string {
	for _, p := range w.Status(t, name).Peers {
		if p.Region == peer && p.Registered {
			return name + " still has " + peer + " registered"
		}
	}
	if kept := w.Number(t, name, "select count(*) from outbox"); kept > 2*partitionEntries {
		return fmt.Sprintf("%s still keeps %d entries", name, kept)
	}
	return ""
}

// The receiver is stopped in the middle of a join, then the donor: nothing half-joined
// is left, and the join is done from the start, by whoever can donate.
func TestSeed_StartsOverWithoutHarm(t *testing.T) {
	t.Parallel()
	w := regiontest.New(t, regiontest.Options{})
	const large = 300                // more than fits in the buffers of a connection
	for n := 0; n < large; n += 20 { // each is a batch that a slow machine commits in time
		var lines strings.Builder
		for i := range 20 {
			fmt.Fprintf(&lines, `{"op":"counter.incr","key":"k%d"}`+"\n", n+i)
			fmt.Fprintf(&lines, `{"op":"profile.put","key":"k%d","value":"%060000d"}`+"\n", n+i, 0)
		}
		w.OK(t, "us", "POST", "/batch", lines.String())
	}
	var lines strings.Builder
	for n := range joinedFirst {
		fmt.Fprintf(&lines, `{"op":"profile.put","key":"a%d","value":0}`+"\n", n)
	}
	w.OK(t, "us", "POST", "/batch", lines.String())
	w.OK(t, "eu", "POST", "/counter/eu/incr", "")
	w.WaitConverged(t)
	w.Destroy(t, "eu")

	release := seedHalf(t, w, "eu")
	w.Stop(t, "eu")
	release()
	if n := w.Number(t, "eu", "select (select count(*) from counter) + (select count(*) from profile)"); n != 0 {
		t.Errorf("%d rows of half a snapshot are left", n)
	}
	release = seedHalf(t, w, "eu")
	donor := w.Status(t, "eu").Seed.Donor
	w.Cut(t, donor, "eu", links.BothWays, links.Refuse) // and so what is under way
	w.Stop(t, donor)
	release()
	w.WaitReady(t, "eu")
	if n := w.Metric(t, "eu", `pangea_seed_joins_total{result="failed"}`); n != 1 {
		t.Errorf("%v joins have failed, want 1", n)
	}
	w.HealAll(t)
	w.StartAll(t)
	w.WaitConverged(t)
	if n := w.Number(t, "eu", "select count(*) from profile"); n != joinedFirst+large {
		t.Errorf("eu has %d profiles, want %d", n, joinedFirst+large)
	}
	if s := w.Status(t, "eu"); s.Epoch != 2 {
		t.Errorf("eu goes on in epoch %d, want 2", s.Epoch)
	}
}

// eu has lost everything, has heard so, and is restarted where it reaches nobody before it
// has joined a snapshot: it does not serve an empty database (I13).
func TestSeed_IsNeededByTheNextProcessToo(t *testing.T) {
	t.Parallel()
	w := regiontest.New(t, regiontest.Options{Regions: []string{"us", "eu"}})
	w.OK(t, "eu", "POST", "/counter/a/incr", "")
	var lines strings.Builder
	for n := range joinedFirst {
		fmt.Fprintf(&lines, `{"op":"profile.put","key":"a%d","value":0}`+"\n", n)
	}
	w.OK(t, "us", "POST", "/batch", lines.String())
	w.WaitConverged(t)
	w.Destroy(t, "eu")
	release := seedHalf(t, w, "eu")
	w.Cut(t, "us", "eu", links.BothWays, links.Refuse)
	w.Stop(t, "eu")
	release()
	w.Launch(t, "eu")
	alone := time.Now().Add(position.Silence + 3*time.Second) // by then it waits for nobody
	for time.Now().Before(alone) {
		if a, err := w.Try(t, "eu", "GET", "/counter/a", ""); err == nil && a.Status != 503 {
			t.Fatalf("eu serves %d %s", a.Status, a.Body)
		}
		time.Sleep(50 * time.Millisecond)
	}
	w.HealAll(t)
	w.WaitReady(t, "eu")
	if got := counter(t, w, "eu", "a"); got != 1 {
		t.Errorf("eu: counter a is %d, want 1", got)
	}
}

// joinedFirst is how many rows a writer joins at once, at most. It reads no more until they
// are in its database.
const joinedFirst = 5000

// seedHalf starts a region that joins a snapshot, whose first rows are profiles, and returns
// in the middle of that. It goes on when release is called.
func seedHalf(t *testing.T, w *regiontest.World, name string) (release func()) {
	w.Launch(t, name)
	regiontest.Eventually(t, regiontest.Patience, func() string {
		if w.Number(t, name, "select count(*) from pg_class where relname = 'profile'") == 0 {
			return name + " has no tables"
		}
		return ""
	})
	release = w.Lock(t, name, "profile")
	regiontest.Eventually(t, regiontest.Patience, func() string { return seeding(t, w, name) })
	return release
}

// seeding describes a region that is not in the middle of a join.
func seeding(t *testing.T, w *regiontest.World, name string) string {
	s := w.Status(t, name)
	if s.Seed == nil || s.Seed.Rows < joinedFirst {
		return fmt.Sprintf("%s has not the first rows of a snapshot yet: ready %t, %s", name, s.Ready, s.Reason)
	}
	return ""
}
