package node_test

import (
	"strings"
	"testing"
	"time"

	"pangea/chaos/links"
	"pangea/region/regiontest"
)

// X-Ack: peer and all answer once one, or every, peer has the write in its database.
func TestAck_AnswersOnceStored(t *testing.T) {
	t.Parallel()
	w := regiontest.New(t, regiontest.Options{})
	w.Slow(t, "us", "ap", 400*time.Millisecond)
	for range 5 {
		for ack, want := range map[string]int{"peer": 1, "all": 2} {
			w.OK(t, "us", "POST", "/counter/a/incr", "", "X-Ack", ack, "Prefer", "wait=10")
			if got := storedAt(t, w); got < want {
				t.Errorf("X-Ack: %s was answered when %d peers had stored it", ack, got)
			}
		}
	}
}

// Without the peers there is no such answer, only that the write stands (I1). It
// reaches them after the heal.
func TestAck_CutLinkIsNotAcknowledged(t *testing.T) {
	t.Parallel()
	w := regiontest.New(t, regiontest.Options{})
	w.Cut(t, "us", "ap", links.BothWays, links.Blackhole)
	w.OK(t, "us", "POST", "/counter/a/incr", "", "X-Ack", "peer", "Prefer", "wait=10")
	notAcknowledged(t, w, "all", "/counter/a/incr", "")
	w.Cut(t, "us", "eu", links.BothWays, links.Refuse)
	notAcknowledged(t, w, "peer", "/counter/a/incr", "")
	w.OK(t, "us", "POST", "/tags/a/add", `{"tag":"t"}`)
	w.OK(t, "us", "POST", "/tags/a/remove", `{"tag":"t"}`)
	notAcknowledged(t, w, "peer", "/tags/a/remove", `{"tag":"t"}`) // no peer has what removed it
	if got := counter(t, w, "us", "a"); got != 3 {
		t.Errorf("the counter is %d, but 3 writes stand", got)
	}
	w.HealAll(t)
	w.WaitConverged(t)
	if got := counter(t, w, "ap", "a"); got != 3 {
		t.Errorf("after the heal, ap shows %d", got)
	}
}

func notAcknowledged(t *testing.T, w *regiontest.World, ack, path, body string) {
	t.Helper()
	begin := time.Now()
	a := w.Do(t, "us", "POST", path, body, "X-Ack", ack, "Prefer", "wait=4")
	if a.Status != 504 || !strings.HasSuffix(a.Field("type"), "/not-acknowledged") {
		t.Errorf("X-Ack: %s over a cut link: %d %s", ack, a.Status, a.Body)
	}
	if took := time.Since(begin); took < 4*time.Second { // 2 s is what it waits unasked
		t.Errorf("X-Ack: %s gave up after %s, want 4 s", ack, took)
	}
}

// storedAt counts the peers that have all of us's log in their databases.
func storedAt(t *testing.T, w *regiontest.World) int {
	head, n := w.Number(t, "us", "select seq from log_head"), 0
	for _, name := range []string{"eu", "ap"} {
		if w.Number(t, name, "select coalesce(max(seq), 0) from inbox where origin = 'us'") >= head {
			n++
		}
	}
	return n
}
