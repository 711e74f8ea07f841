package node_test

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"strings"
	"testing"
	"time"

	"pangea/region/regiontest"
)

// databaseDisk has room for an empty database and the load of a test.
const databaseDisk = 256 << 20

// The disk of us's database is full: writes there get a quick 503, reads go on, the
// other regions serve on, and when there is room us resumes by itself. Nothing that was
// acknowledged is lost (I1).
func TestDisk_AFullDatabaseRefusesWritesOnly(t *testing.T) {
	t.Parallel()
	disk := regiontest.NewDisk(t, databaseDisk)
	w := regiontest.New(t, regiontest.Options{OwnPostgres: "us", OwnDisk: disk.Dir})
	b := newBooks()
	stop := background(t, loads(t, w, b)...)
	large := fmt.Sprintf("%q", strings.Repeat("x", 40_000)) // a small write may yet find room in a page
	for range 2 {
		w.Number(t, "us", "select 1 from pg_switch_wal()") // the log itself does not run out
		wrote(t, w, "us", 50)
		disk.Fill(t)
		regiontest.Eventually(t, 20*time.Second, func() string { return unavailable(t, w, "PUT", "/profile/b", large) })
		regiontest.Throughout(t, 6*time.Second, func() string { // longer than a writer may stand still (I13)
			return cmp.Or(
				unavailable(t, w, "PUT", "/profile/b", large),
				unavailable(t, w, "PATCH", "/prefs/b", `{"f":`+large+`}`),
				serves(t, w, "us", "/counter/a"), serves(t, w, "us", "/readyz"), serves(t, w, "us", "/healthz"))
		})
		disk.Free(t)
		regiontest.Eventually(t, 10*time.Second, func() string {
			if a := w.Do(t, "us", "PUT", "/profile/b", large); a.Status != 200 {
				return "us takes no writes: " + a.Body
			}
			return ""
		})
	}
	stop()
	w.WaitConverged(t)
	b.check(t, w)
}

// Postgres cannot write its own log: it ends every session, and perhaps itself. us
// refuses writes and reads until it is back.
func TestDisk_AFullLogOfTheDatabaseLosesNothing(t *testing.T) {
	t.Parallel()
	disk := regiontest.NewDisk(t, databaseDisk)
	w := regiontest.New(t, regiontest.Options{OwnPostgres: "us", OwnDisk: disk.Dir})
	b := newBooks()
	stop := background(t, loads(t, w, b)...)
	wrote(t, w, "us", 50)
	disk.Fill(t)
	regiontest.Eventually(t, 60*time.Second, func() string {
		exhaust(t, w, "us")
		return unavailable(t, w, "GET", "/counter/a", "")
	})
	regiontest.Throughout(t, 2*time.Second, func() string {
		return cmp.Or(unavailable(t, w, "PUT", "/profile/b", "1"), serves(t, w, "us", "/healthz"), serves(t, w, "us", "/status"))
	})
	disk.Free(t)
	regiontest.Eventually(t, 60*time.Second, func() string {
		if err := w.Cluster("us").Ready(t.Context()); err != nil {
			_ = w.Cluster("us").Start(t.Context()) // as whatever watches over Postgres does
			return fmt.Sprint("Postgres is not back: ", err)
		}
		return cmp.Or(serves(t, w, "us", "/counter/a"), serves(t, w, "us", "/readyz"))
	})
	stop()
	w.WaitConverged(t)
	b.check(t, w)
}

// loads are clients of every region.
func loads(t *testing.T, w *regiontest.World, b *books) (clients []func(context.Context)) {
	for _, name := range w.Names() {
		clients = append(clients, func(ctx context.Context) {
			every(ctx, 10*time.Millisecond, func() {
				if o := b.send(t, w, name, incr("a")); o != done && name != "us" {
					t.Errorf("a write at %s was not acknowledged", name)
				}
			})
		})
	}
	return clients
}

// wrote waits until a region's log is so many entries longer.
func wrote(t *testing.T, w *regiontest.World, name string, entries uint64) {
	t.Helper()
	head := w.Status(t, name).Head.Seq
	regiontest.Eventually(t, 10*time.Second, func() string {
		if w.Status(t, name).Head.Seq < head+entries {
			return name + " has written too little to lose"
		}
		return ""
	})
}

// exhaust writes a megabyte to the log of a region's Postgres, if it still takes it.
func exhaust(t *testing.T, w *regiontest.World, name string) {
	t.Helper()
	db, err := sql.Open("postgres", w.DSN(name))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	_, _ = db.ExecContext(t.Context(), "select pg_logical_emit_message(false, 'x', repeat('x', 1 << 20))")
}

// serves describes an answer that is not 200.
func serves(t *testing.T, w *regiontest.World, name, path string) string {
	if a := w.Do(t, name, "GET", path, ""); a.Status != 200 {
		return fmt.Sprintf("%s at %s: %d %s", path, name, a.Status, a.Body)
	}
	return ""
}
