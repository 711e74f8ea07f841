package node_test

import (
	"fmt"
	"testing"
	"time"

	"pangea/region/node"
	"pangea/region/regiontest"
)

// access is how a class is written and read back.
type access struct {
	method, write, body string // of the n-th write
	read, field, want   string
}

// accesses are one write of each class that a client can pin to a region.
func accesses(n int) []access {
	return []access{
		{"PUT", "/profile/p", fmt.Sprintf(`"us %d"`, n), "/profile/p", "value", fmt.Sprintf("us %d", n)},
		{"PATCH", "/prefs/p", fmt.Sprintf(`{"f":"us %d"}`, n), "/prefs/p", "value", fmt.Sprintf("map[f:us %d]", n)},
		{"POST", "/counter/p/incr", "", "/counter/p", "value", fmt.Sprint(n)},
		{"POST", fmt.Sprintf("/tags/p%d/add", n), `{"tag":"t"}`, fmt.Sprintf("/tags/p%d", n), "tags", "[t]"},
		{"POST", fmt.Sprintf("/tags/p%d/remove", n), `{"tag":"t"}`, fmt.Sprintf("/tags/p%d", n), "tags", "[]"},
	}
}

// A client of one region reads each of its writes back at once, and elsewhere too if
// it carries the vector of the answer there.
func TestSession_ReadsItsWrites(t *testing.T) {
	t.Parallel()
	w := regiontest.New(t, regiontest.Options{RTT: 60 * time.Millisecond})
	for n := 1; n <= 25; n++ {
		for _, x := range accesses(n) {
			readBack(t, w, x)
		}
	}
}

// The clock of eu is an hour ahead, so its stamps beat any that us could read off its
// own. us's writes over eu's values still win, everywhere: they saw what they replace.
func TestSession_ReadsItsWritesUnderAFastForeignClock(t *testing.T) {
	t.Parallel()
	w := regiontest.New(t, regiontest.Options{Change: func(c *node.Config) {
		if c.Region == "eu" {
			c.ClockSkew = time.Hour
		}
	}})
	for n := 1; n <= 10; n++ {
		foreign := fmt.Sprintf("eu %d", n)
		w.OK(t, "eu", "PUT", "/profile/p", fmt.Sprintf("%q", foreign))
		w.OK(t, "eu", "PATCH", "/prefs/p", fmt.Sprintf(`{"f":%q}`, foreign))
		regiontest.Eventually(t, regiontest.Patience, func() string { return shows(t, w, "us", "/prefs/p", "value", "map[f:"+foreign+"]") })
		for _, x := range accesses(n) {
			readBack(t, w, x)
		}
	}
	w.WaitConverged(t)
	for _, name := range w.Names() {
		newBooks().checkLedger(t, w, name)
		if problem := shows(t, w, name, "/profile/p", "value", "us 10"); problem != "" {
			t.Error(problem)
		}
		if lost := w.Number(t, name, "select count(*) from conflicts"); lost > 0 {
			t.Errorf("%s lost %d writes", name, lost)
		}
	}
}

// readBack writes at us, and reads at us, then elsewhere with the answer's vector.
func readBack(t *testing.T, w *regiontest.World, x access) {
	t.Helper()
	vector := w.OK(t, "us", x.method, x.write, x.body).Header.Get("X-Version-Vector")
	for _, name := range w.Names() {
		var header []string
		if name != "us" {
			header = []string{"X-Min-Version-Vector", vector, "Prefer", "wait=10"}
		}
		if a := w.OK(t, name, "GET", x.read, "", header...); a.Field(x.field) != x.want {
			t.Errorf("%s after %s at us: %s shows %s, want %s", x.read, x.body, name, a.Body, x.want)
		}
	}
}
