package node_test

import (
	"cmp"
	"context"
	"fmt"
	"testing"
	"time"

	"pangea/region/regiontest"
)

// The database of us stops, in order and by kill -9, under load: writes and reads there
// get a quick 503, the other regions serve on, us resumes by itself, and what was
// acknowledged is there (I1).
func TestDatabase_OutagesLoseNothing(t *testing.T) {
	t.Parallel()
	w := regiontest.New(t, regiontest.Options{OwnPostgres: "us"})
	b := newBooks()
	var clients []func(context.Context)
	for _, name := range w.Names() {
		clients = append(clients, func(ctx context.Context) {
			every(ctx, 30*time.Millisecond, func() {
				if o := b.send(t, w, name, incr("a")); o != done && name != "us" {
					t.Errorf("a write at %s was not acknowledged", name)
				}
			})
		})
	}
	stop := background(t, clients...)
	for i, end := range []func(context.Context) error{w.Cluster("us").Stop, w.Cluster("us").Kill} {
		head := w.Status(t, "us").Head.Seq
		regiontest.Eventually(t, regiontest.Patience, func() string {
			if w.Status(t, "us").Head.Seq < head+50 {
				return "us has written too little to lose"
			}
			return ""
		})
		if err := end(t.Context()); err != nil {
			t.Fatalf("end %d of Postgres: %v", i+1, err)
		}
		regiontest.Throughout(t, 3*time.Second, func() string {
			return cmp.Or(
				unavailable(t, w, "POST", "/tags/b/add", `{"tag":"t"}`),
				unavailable(t, w, "PUT", "/profile/b", "1"),
				unavailable(t, w, "GET", "/counter/a", ""))
		})
		if err := w.Cluster("us").Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		regiontest.Eventually(t, regiontest.Patience, func() string {
			if a := w.Do(t, "us", "GET", "/counter/a", ""); a.Status != 200 {
				return "us does not serve: " + a.Body
			}
			return ""
		})
	}
	stop()
	w.WaitConverged(t)
	b.check(t, w)
}

// unavailable describes an answer of us that is not a quick 503.
func unavailable(t *testing.T, w *regiontest.World, method, path, body string) string {
	begin := time.Now()
	a := w.Do(t, "us", method, path, body)
	if took := time.Since(begin); a.Status != 503 || a.Header.Get("Retry-After") == "" || took > 5*time.Second {
		return fmt.Sprintf("%s %s without a database: %d after %s: %s", method, path, a.Status, took, a.Body)
	}
	return ""
}
