package postgres_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os/exec"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"pangea/lab/postgres"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// TestKillKeepsData kills a cluster in the middle of a long statement: no backend
// may be left to block the restart, and every commit must be back (I1).
func TestKillKeepsData(t *testing.T) {
	c := temporary(t)
	db := open(t, c.DSN(postgres.User))
	run(t, db, "CREATE TABLE kept (n int)")
	run(t, db, "INSERT INTO kept VALUES (42)")
	go db.ExecContext(t.Context(), "SELECT count(*) FROM generate_series(1, 1e12)") //nolint:errcheck // it dies by the kill
	waitBusy(t, c)

	if err := c.Kill(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := c.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	var got int
	if err := open(t, c.DSN(postgres.User)).QueryRow("SELECT n FROM kept").Scan(&got); err != nil || got != 42 {
		t.Fatalf("after the kill: got %d, %v, want 42", got, err)
	}
}

// TestNothingIsLeft looks for what a cluster leaves in the system's memory when it is
// killed and removed, and when a temporary one is closed.
func TestNothingIsLeft(t *testing.T) {
	c, err := postgres.Temporary(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	killed := segmentOf(t, c)
	if err := errors.Join(c.Kill(t.Context()), c.Remove(), c.Start(t.Context())); err != nil {
		t.Fatal(err)
	}
	closed := segmentOf(t, c)
	if !exists(t, closed) {
		t.Fatalf("a running cluster has no segment %s: this test cannot see any", closed)
	}
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	for end, segment := range map[string]string{"killed and removed": killed, "closed": closed} {
		if exists(t, segment) {
			t.Errorf("segment %s is left by a cluster that was %s", segment, end)
		}
	}
}

// segmentOf is the key of a running cluster's System V segment.
func segmentOf(t *testing.T, c *postgres.Cluster) string {
	t.Helper()
	var key int64
	const query = `select split_part(btrim(split_part(pg_read_file('postmaster.pid'), E'\n', 7)), ' ', 1)`
	if err := open(t, c.DSN(postgres.User)).QueryRow(query).Scan(&key); err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("0x%08x", key)
}

// exists reports whether the system has a segment with that key.
func exists(t *testing.T, key string) bool {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "ipcs", "-m").Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.Contains(string(out), key)
}

func TestCreateDatabase(t *testing.T) {
	c := temporary(t)
	name := `od"d`
	if err := c.CreateDatabase(t.Context(), name); err != nil {
		t.Fatal(err)
	}
	var got string
	if err := open(t, c.DSN(`'od"d'`)).QueryRow("SELECT current_database()").Scan(&got); err != nil || got != name {
		t.Fatalf("got database %q, %v, want %q", got, err, name)
	}
}

// TestDurableSettings guards I1 against a setting lost to a typing error.
func TestDurableSettings(t *testing.T) {
	db := open(t, temporary(t).DSN(postgres.User))
	for name, want := range map[string]string{
		"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on", "server_encoding": "UTF8", "lc_collate": "C",
	} {
		var got string
		if err := db.QueryRow("SHOW " + name).Scan(&got); err != nil || got != want {
			t.Errorf("%s is %q, %v, want %q", name, got, err, want)
		}
	}
}

func temporary(t *testing.T) *postgres.Cluster {
	t.Helper()
	c, err := postgres.Temporary(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	})
	return c
}

func open(t *testing.T, dsn string) *sql.DB {
	t.Helper()
	db, err := sql.Open("postgres", dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

func run(t *testing.T, db *sql.DB, statement string) {
	t.Helper()
	if _, err := db.ExecContext(context.Background(), statement); err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
}

// waitBusy returns once a backend executes the long statement.
func waitBusy(t *testing.T, c *postgres.Cluster) {
	t.Helper()
	db := open(t, c.DSN(postgres.User))
	for n := 0; n == 0; {
		err := db.QueryRowContext(t.Context(),
			"SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND query LIKE '%generate_series%' AND pid <> pg_backend_pid()").Scan(&n)
		if err != nil {
			t.Fatal(err)
		}
	}
}
