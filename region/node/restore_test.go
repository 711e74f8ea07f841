package node_test

import (
	"fmt"
	"testing"
	"time"

	"pangea/chaos/links"
	"pangea/region/regiontest"
)

// restore is a way in which us comes to run on an older database.
type restore struct {
	name    string
	own     string // the region with a Postgres of its own
	save    func(*testing.T, *regiontest.World)
	restore func(*testing.T, *regiontest.World)
}

func restores() []restore {
	files := func(withStream bool) func(*testing.T, *regiontest.World) {
		return func(t *testing.T, w *regiontest.World) { w.RestoreFiles(t, "us", withStream) }
	}
	copyFiles := func(t *testing.T, w *regiontest.World) { w.CopyFiles(t, "us") }
	return []restore{
		{
			name:    "an older dump",
			save:    func(t *testing.T, w *regiontest.World) { w.Dump(t, "us") },
			restore: func(t *testing.T, w *regiontest.World) { w.Restore(t, "us") },
		},
		{name: "older files of the database", own: "us", save: copyFiles, restore: files(false)},
		{name: "older files of database and stream", own: "us", save: copyFiles, restore: files(true)},
	}
}

// A region that is restored from an older copy goes on under a new epoch: nothing that a
// peer holds is lost, no counter goes back, no seq is used twice (I14); the same whether
// or not its links are up when it starts.
func TestRestore_NothingThatAPeerHoldsIsLost(t *testing.T) {
	t.Parallel()
	for _, r := range restores() {
		for _, cut := range []bool{false, true} {
			t.Run(r.name+map[bool]string{false: ", links up", true: ", links cut"}[cut], func(t *testing.T) {
				t.Parallel()
				restored(t, r, cut)
			})
		}
	}
}

func restored(t *testing.T, r restore, cut bool) {
	w := regiontest.New(t, regiontest.Options{OwnPostgres: r.own})
	b := newBooks()
	fill(t, w, b, "us")
	w.WaitConverged(t)
	w.Stop(t, "us")
	r.save(t, w)
	w.Start(t, "us")
	fill(t, w, b, "us")
	w.OK(t, "us", "POST", "/tags/a/remove", `{"tag":"us1"}`) // us1 is in the copy
	w.WaitConverged(t)
	handle := "/handle/" + handleOf(w, "us", 1)
	w.OK(t, "us", "PUT", handle, `{"claimant":"user:1"}`) // it is not in the copy
	w.WaitConverged(t)
	before := w.Status(t, "us")
	w.Stop(t, "us")
	r.restore(t, w)
	if cut {
		w.Cut(t, "us", "eu", links.BothWays, links.Refuse)
		w.Cut(t, "us", "ap", links.BothWays, links.Refuse)
	}
	w.Start(t, "us")
	if !cut {
		if got := counter(t, w, "us", "us"); got != 40 {
			t.Errorf("us serves a counter of %d, peers had 40", got)
		}
	}
	for range 5 {
		if o := b.send(t, w, "us", incr("us")); o != done {
			t.Error("a write at us was not acknowledged")
		}
	}
	if cut {
		if got := counter(t, w, "us", "us"); got != 25 && got != 45 {
			t.Errorf("us serves a counter of %d: the copy has 25, with the stream it is 45", got)
		}
		if problem := taken(t, w, handle, 503); problem != "" {
			t.Error(problem)
		}
	}
	w.HealAll(t)
	regiontest.Eventually(t, 30*time.Second, func() string { return taken(t, w, handle, 409) })
	w.WaitConverged(t)

	if s := w.Status(t, "us"); s.Epoch < 2 || !cut && s.Epoch != 2 {
		t.Errorf("us goes on in epoch %d", s.Epoch)
	}
	for _, name := range w.Names() {
		if got := counter(t, w, name, "us"); got != 45 {
			t.Errorf("%s: the counter is %d, want 45", name, got)
		}
		if tags := w.OK(t, name, "GET", "/tags/a", "").Field("tags"); tags != "[us3 us5 us7 us9]" {
			t.Errorf("%s: tags %s", name, tags)
		}
		if applied := w.Number(t, name, "select applied from vector where origin = 'us'"); uint64(applied) != before.Head.Seq {
			t.Errorf("%s has applied the former log up to %d, want %d", name, applied, before.Head.Seq)
		}
	}
	balanced(t, w, "us")
}

// taken describes a handle of user:1 that us does not refuse to user:2 with a status. It
// fails the test if us gives it away, or does not know whose it is and says so (I10).
func taken(t *testing.T, w *regiontest.World, handle string, want int) string {
	t.Helper()
	get := w.Do(t, "us", "GET", handle, "")
	put := w.Do(t, "us", "PUT", handle, `{"claimant":"user:2"}`)
	if get.Status != 503 && get.Field("claimant") != "user:1" || put.Status != 503 && put.Status != 409 {
		t.Fatalf("us answers %d %s and gives the handle to another with %d %s", get.Status, get.Body, put.Status, put.Body)
	}
	if put.Status != want {
		return fmt.Sprintf("us answers %d %s, want %d", put.Status, put.Body, want)
	}
	return ""
}

// A second machine is set up from a copy of us, and runs beside it. Each writes, under
// names of its own; when the copy takes over, both their writes are everywhere.
func TestRestore_ACopyOnASecondMachine(t *testing.T) {
	t.Parallel()
	for name, cut := range map[string]bool{"links up": false, "links cut": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := regiontest.New(t, regiontest.Options{})
			b := newBooks()
			fill(t, w, b, "us")
			w.WaitConverged(t)
			w.Stop(t, "us")
			w.Dump(t, "us")
			w.Start(t, "us")

			second := w.Second(t, "us", cut)
			for range 10 {
				b.send(t, w, "us", incr("us"))
				if a := second.Do(t, "us", "POST", "/counter/us/incr", ""); a.Status != 200 {
					t.Fatalf("the copy answers %d %s", a.Status, a.Body)
				}
			}
			if s := second.Status(t, "us"); s.Epoch < 2 {
				t.Errorf("the copy goes on in epoch %d", s.Epoch)
			}
			second.Stop(t, "us")
			regiontest.Eventually(t, 30*time.Second, func() string { return shows(t, w, "eu", "/counter/us", "value", "30") })
			w.Stop(t, "us")
			w.Adopt(t, "us") // the copy, at the address of us
			w.Start(t, "us")
			w.WaitConverged(t)
			for _, name := range w.Names() {
				if got := counter(t, w, name, "us"); got != 40 {
					t.Errorf("%s: the counter is %d, want 40", name, got)
				}
			}
		})
	}
}
