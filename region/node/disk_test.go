package node_test

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"strings"
	"testing"
	"time"

	"pangea/region/node"
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
	session := w.Number(t, "us", writerSession)
	for range 2 {
		w.Number(t, "us", "select 1 from pg_switch_wal()") // the log itself does not run out
		wrote(t, w, "us", 50)
		disk.Fill(t)
		regiontest.Eventually(t, regiontest.Patience, func() string { return unavailable(t, w, "PUT", "/profile/b", large) })
		regiontest.Throughout(t, 6*time.Second, func() string { // longer than a writer may stand still (I13)
			return cmp.Or(
				unavailable(t, w, "PUT", "/profile/b", large),
				unavailable(t, w, "PATCH", "/prefs/b", `{"f":`+large+`}`),
				metricIs(t, w, "us", "pangea_writer_disk_full", 1),
				serves(t, w, "us", "/counter/a"), serves(t, w, "us", "/tags/a"), serves(t, w, "us", "/readyz"), serves(t, w, "us", "/healthz"))
		})
		disk.Free(t)
		regiontest.Eventually(t, regiontest.Patience, func() string {
			if a := w.Do(t, "us", "PUT", "/profile/b", large); a.Status != 200 {
				return "us takes no writes: " + a.Body
			}
			return ""
		})
	}
	stop()
	w.WaitConverged(t)
	b.check(t, w)
	if w.Number(t, "us", writerSession) != session {
		t.Error("the writer has given up its session")
	}
	regiontest.Eventually(t, regiontest.Patience, func() string {
		w.OK(t, "us", "POST", "/counter/a/incr", "")
		return metricIs(t, w, "us", "pangea_writer_disk_full", 0)
	})
}

// writerSession is a number for the session that wrote last.
const writerSession = "select ('x' || left(writer::text, 8))::bit(32)::bigint from log_head"

func metricIs(t *testing.T, w *regiontest.World, name, series string, want float64) string {
	if got := w.Metric(t, name, series); got != want {
		return fmt.Sprintf("%s of %s is %v, want %v", series, name, got, want)
	}
	return ""
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
	regiontest.Eventually(t, 3*time.Minute, func() string {
		exhaust(t, w, "us")
		return unavailable(t, w, "GET", "/counter/a", "")
	})
	regiontest.Throughout(t, 2*time.Second, func() string {
		return cmp.Or(unavailable(t, w, "PUT", "/profile/b", "1"), serves(t, w, "us", "/healthz"), serves(t, w, "us", "/status"))
	})
	disk.Free(t)
	regiontest.Eventually(t, regiontest.Patience, func() string {
		if err := w.Cluster("us").Ready(t.Context()); err != nil {
			_ = w.Cluster("us").Start(t.Context()) // as whatever watches over Postgres does
			return fmt.Sprint("Postgres is not back: ", err)
		}
		return cmp.Or(serves(t, w, "us", "/counter/a"), serves(t, w, "us", "/tags/a"), serves(t, w, "us", "/readyz"))
	})
	stop()
	w.WaitConverged(t)
	b.check(t, w)
}

// The disk of us's stream is full: us takes writes as ever, its peers get them, and when
// there is room the stream is whole again.
func TestDisk_AFullStreamHoldsNobodyUp(t *testing.T) {
	t.Parallel()
	disk := regiontest.NewDisk(t, 64<<20)
	w := regiontest.New(t, regiontest.Options{Change: func(c *node.Config) {
		if c.Region == "us" {
			c.StoreDir = disk.Dir + "/us"
		}
	}})
	value := fmt.Sprintf("%q", strings.Repeat("x", 60_000))
	put := func(n int) { w.OK(t, "us", "PUT", fmt.Sprintf("/profile/%d", n), value) }
	for n := range 50 {
		put(n)
	}
	w.WaitConverged(t)
	disk.Fill(t)
	for n := range 20 {
		put(n)
	}
	regiontest.Eventually(t, regiontest.Patience, func() string { return behind(t, w, "us", 70) })
	for n := range 10 {
		put(n)
		regiontest.Eventually(t, standstill, func() string {
			return cmp.Or(serves(t, w, "us", "/readyz"), behind(t, w, "us", w.Status(t, "us").Head.Seq))
		})
	}
	disk.Free(t)
	put(1)
	w.WaitConverged(t)
	head := float64(w.Status(t, "us").Head.Seq)
	regiontest.Eventually(t, regiontest.Patience, func() string { // it is given up after two publishes
		if next := w.Metric(t, "us", "pangea_shipper_next_seq"); next <= head {
			return fmt.Sprintf("the stream waits for entry %v of %v", next, head)
		}
		return ""
	})
	rebuilds := w.Metric(t, "us", `pangea_shipper_rebuilds_total{cause="stuck"}`)
	regiontest.Throughout(t, 12*time.Second, func() string { // longer than a publish waits
		put(2)
		return metricIs(t, w, "us", `pangea_shipper_rebuilds_total{cause="stuck"}`, rebuilds)
	})
	w.WaitConverged(t)
}

// behind describes a peer that has not stored the first entries of a region's log.
func behind(t *testing.T, w *regiontest.World, name string, entries uint64) string {
	for _, p := range w.Status(t, name).Peers {
		if p.Stored < entries {
			return fmt.Sprintf("%s has stored %d of %d entries of %s", p.Region, p.Stored, entries, name)
		}
	}
	return ""
}

// loads are clients of every region.
func loads(t *testing.T, w *regiontest.World, b *books) (clients []func(context.Context)) {
	for _, name := range w.Names() {
		clients = append(clients, func(ctx context.Context) {
			every(ctx, 30*time.Millisecond, func() {
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
	regiontest.Eventually(t, regiontest.Patience, func() string {
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
