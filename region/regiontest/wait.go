package regiontest

import (
	"fmt"
	"reflect"
	"testing"
	"time"

	"pangea/crdt"
)

// Patience bounds the wait for what has no bound of its own: as long as a machine may take
// that is busy with other tests.
const Patience = 2 * time.Minute

// Eventually polls until check returns "", and fails the test with what it returned
// last if that takes longer than limit. The longer it takes the less often it is asked, so
// that those who are waited for have the machine.
func Eventually(t testing.TB, limit time.Duration, check func() string) {
	t.Helper()
	const first, last = 20 * time.Millisecond, 200 * time.Millisecond
	deadline := time.Now().Add(limit)
	for pause := first; ; pause = min(pause*5/4, last) {
		problem := check()
		if problem == "" {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("after %s: %s", limit, problem)
		}
		<-time.After(pause)
	}
}

// Throughout polls for as long as limit, a quarter of the time at most, and fails the test
// as soon as check does not return "".
func Throughout(t testing.TB, limit time.Duration, check func() string) {
	t.Helper()
	for end := time.Now().Add(limit); time.Now().Before(end); {
		begin := time.Now()
		if problem := check(); problem != "" {
			t.Fatal(problem)
		}
		<-time.After(max(20*time.Millisecond, 3*time.Since(begin)))
	}
}

// WaitReady waits until a region serves.
func (w *World) WaitReady(t testing.TB, name string) {
	t.Helper()
	Eventually(t, Patience, func() string {
		if r := w.running[name]; r != nil {
			select {
			case err := <-r.done:
				r.done <- err
				t.Fatalf("%s ended: %v", name, err)
			default:
			}
		}
		a, err := w.Try(t, name, "GET", "/readyz", "")
		if err != nil {
			return err.Error()
		}
		if a.Status != 200 {
			return fmt.Sprintf("%s is not ready: %s", name, a.Body)
		}
		return ""
	})
}

// WaitConverged waits until every running region has the same vector, and fails the
// test unless their digests are then equal (I7).
func (w *World) WaitConverged(t testing.TB) {
	t.Helper()
	Eventually(t, Patience, func() string {
		head, vectors := crdt.Vector{}, map[string]crdt.Vector{}
		for name := range w.running {
			v, err := crdt.ParseVector(w.Status(t, name).Vector)
			if err != nil {
				t.Fatalf("vector of %s: %v", name, err)
			}
			vectors[name] = v
			head.Join(v)
		}
		for name, v := range vectors {
			if !v.Covers(head) {
				return fmt.Sprintf("%s is at %s of %s", name, v, head)
			}
		}
		return ""
	})
	var want any
	for name := range w.running {
		d := w.Digest(t, name)
		if want == nil {
			want = d.Classes
		}
		if !reflect.DeepEqual(want, any(d.Classes)) {
			t.Errorf("%s differs at vector %s:\n got %v\nwant %v", name, d.Vector, d.Classes, want)
		}
	}
}
