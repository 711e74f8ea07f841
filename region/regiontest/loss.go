package regiontest

import (
	"fmt"
	"os"
	"os/exec"
	"testing"

	"pangea/lab/postgres"
)

// Destroy takes a region away with its database and its stream. Start brings it back
// empty.
func (w *World) Destroy(t testing.TB, name string) {
	t.Helper()
	w.Stop(t, name)
	w.LoseDatabase(t, name)
	w.RemoveStream(t, name)
}

// LoseDatabase empties the database of a region that does not run. Its stream stays as
// it is.
func (w *World) LoseDatabase(t testing.TB, name string) {
	t.Helper()
	w.dropDatabase(t, name, w.Database(name))
	w.createDatabase(t, name, w.Database(name), "")
}

// RemoveStream deletes the stream of a region that does not run.
func (w *World) RemoveStream(t testing.TB, name string) {
	t.Helper()
	if err := os.RemoveAll(w.storeDir(name)); err != nil {
		t.Fatal(err)
	}
}

func (w *World) storeDir(name string) string { return w.dir + "/" + name }

// dumped marks what Dump has kept.
const dumped = "_dump"

// Dump keeps the database of a region that does not run as it is now, for Restore, and
// its stream too, if that is on this machine, for Second.
func (w *World) Dump(t testing.TB, name string) {
	t.Helper()
	w.createDatabase(t, name, w.Database(name)+dumped, w.Database(name))
	if _, err := os.Stat(w.storeDir(name)); err == nil {
		copyDir(t, w.storeDir(name), w.storeDir(name)+dumped)
	}
}

// Restore gives a region that does not run the database that Dump has kept. Its stream
// stays as it is.
func (w *World) Restore(t testing.TB, name string) {
	t.Helper()
	w.dropDatabase(t, name, w.Database(name))
	w.createDatabase(t, name, w.Database(name), w.Database(name)+dumped)
}

// CopyFiles keeps the files of a region that does not run, database and stream, for
// RestoreFiles. The region must have a Postgres of its own.
func (w *World) CopyFiles(t testing.TB, name string) {
	t.Helper()
	w.offline(t, name, func(c *postgres.Cluster) {
		copyDir(t, c.Dir(), c.Dir()+".copy")
		copyDir(t, w.storeDir(name), w.storeDir(name)+".copy")
	})
}

// RestoreFiles puts back what CopyFiles has kept: the database, and with withStream the
// stream too.
func (w *World) RestoreFiles(t testing.TB, name string, withStream bool) {
	t.Helper()
	w.offline(t, name, func(c *postgres.Cluster) {
		copyDir(t, c.Dir()+".copy", c.Dir())
		if withStream {
			copyDir(t, w.storeDir(name)+".copy", w.storeDir(name))
		}
	})
}

// offline runs do while the region's own Postgres is stopped.
func (w *World) offline(t testing.TB, name string, do func(*postgres.Cluster)) {
	t.Helper()
	c := w.Cluster(name)
	if err := c.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	do(c)
	if err := c.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// copyDir makes to a copy of from, owners included.
func copyDir(t testing.TB, from, to string) {
	t.Helper()
	if err := os.RemoveAll(to); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.CommandContext(t.Context(), "cp", "-a", from, to).CombinedOutput(); err != nil {
		t.Fatalf("copy %s: %v: %s", from, err, out)
	}
}

func (w *World) dropDatabase(t testing.TB, region, name string) {
	t.Helper()
	w.Exec(t, region, "postgres", fmt.Sprintf("drop database %s with (force)", name))
}

func (w *World) createDatabase(t testing.TB, region, name, template string) {
	t.Helper()
	sql := "create database " + name
	if template != "" {
		sql += " template " + template
	}
	w.Exec(t, region, "postgres", sql)
}
