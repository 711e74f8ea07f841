package regiontest

import (
	"database/sql"
	"fmt"
	"sync"
	"testing"

	"pangea/lab/postgres"
)

// createDatabases makes an empty database for each region.
func (w *World) createDatabases(t testing.TB) {
	t.Helper()
	var err error
	if w.shared, err = Postgres(); err != nil {
		t.Fatalf("start Postgres: %v", err)
	}
	if w.opts.OwnPostgres != "" {
		w.startOwn(t)
	}
	for _, name := range w.opts.Regions {
		if err := w.Cluster(name).CreateDatabase(t.Context(), w.Database(name)); err != nil {
			t.Fatalf("create the database of %s: %v", name, err)
		}
	}
}

func (w *World) startOwn(t testing.TB) {
	t.Helper()
	own, err := postgres.TemporaryIn(t.Context(), w.opts.OwnDisk)
	if err != nil {
		t.Fatalf("start a Postgres for %s: %v", w.opts.OwnPostgres, err)
	}
	w.own = own
	t.Cleanup(func() {
		if err := own.Close(); err != nil {
			t.Errorf("end the Postgres of %s: %v", w.opts.OwnPostgres, err)
		}
	})
}

// Cluster is the Postgres that has a region's database.
func (w *World) Cluster(name string) *postgres.Cluster {
	if name == w.opts.OwnPostgres {
		return w.own
	}
	return w.shared
}

// Database is the name of the database of a region.
func (w *World) Database(name string) string { return w.id + "_" + name + w.suffix }

// DSN is the address of a region's database.
func (w *World) DSN(name string) string { return w.Cluster(name).DSN(w.Database(name)) }

// Exec runs a statement in one database of a region's Postgres.
func (w *World) Exec(t testing.TB, name, database, statement string) {
	t.Helper()
	db, err := sql.Open("postgres", w.Cluster(name).DSN(database))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.ExecContext(t.Context(), statement); err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
}

// Number asks a region's database for one number.
func (w *World) Number(t testing.TB, name, query string, args ...any) int64 {
	t.Helper()
	db, err := sql.Open("postgres", w.DSN(name))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var n int64
	if err := db.QueryRowContext(t.Context(), query, args...).Scan(&n); err != nil {
		t.Fatalf("%s in the database of %s: %v", query, name, err)
	}
	return n
}

// Lock keeps everyone from changing a table of a region's database until release is
// called.
func (w *World) Lock(t testing.TB, name, table string) (release func()) {
	t.Helper()
	return w.transaction(t, name, "lock table "+table+" in exclusive mode")
}

// Hold has every change of a table's rows for which a condition on the new row holds wait
// until release is called.
func (w *World) Hold(t testing.TB, name, table, condition string) (release func()) {
	t.Helper()
	const key = 7
	release = w.transaction(t, name, fmt.Sprintf("select pg_advisory_xact_lock(%d)", key))
	w.Exec(t, name, w.Database(name), fmt.Sprintf(`create function hold() returns trigger language plpgsql as $$ begin
		perform pg_advisory_xact_lock(%d); return new; end $$`, key))
	w.Exec(t, name, w.Database(name), fmt.Sprintf("create trigger hold before insert or update on %s for each row when (%s) execute function hold()", table, condition))
	return release
}

// transaction begins one with a statement. It goes on until end is called.
func (w *World) transaction(t testing.TB, name, statement string) (end func()) {
	t.Helper()
	db, err := sql.Open("postgres", w.DSN(name))
	if err != nil {
		t.Fatal(err)
	}
	tx, err := db.Begin()
	if err == nil {
		_, err = tx.Exec(statement)
	}
	if err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
	end = sync.OnceFunc(func() { _, _ = tx.Rollback(), db.Close() })
	t.Cleanup(end)
	return end
}
