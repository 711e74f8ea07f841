package store_test

import (
	"context"
	"database/sql"
	"os"
	"path/filepath"
	"testing"
	"time"

	"pangea/lab/postgres"
	"pangea/region/store"
)

// A password that is not in the address opens both the readers' connections and the session's.
func TestOpen_WithAPasswordBesideTheAddress(t *testing.T) {
	const password = "open sesame"
	dsn := lockedDatabase(t, password)
	if err := acquire(t, store.Config{DSN: dsn, Region: "us"}); err == nil {
		t.Fatal("the database is open without a password: the test proves nothing")
	}
	if err := acquire(t, store.Config{DSN: dsn, Region: "us", Password: password}); err != nil {
		t.Errorf("with the password: %v", err)
	}
	if err := acquire(t, store.Config{DSN: dsn + " password='" + password + "'", Region: "us", Password: "another"}); err != nil {
		t.Errorf("with the password in the address, which is to count: %v", err)
	}
}

// acquire opens a session and reads beside it.
func acquire(t *testing.T, cfg store.Config) error {
	t.Helper()
	s, err := store.Open(t.Context(), cfg)
	if err != nil {
		return err
	}
	defer s.Close()
	session, err := s.Acquire(t.Context(), 3*time.Second)
	if err != nil {
		return err
	}
	defer session.Close()
	_, err = s.Floors(t.Context())
	return err
}

// lockedDatabase is in a cluster of its own, which asks for the password.
func lockedDatabase(t *testing.T, password string) (dsn string) {
	t.Helper()
	cluster, err := postgres.Temporary(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := cluster.Close(); err != nil {
			t.Error(err)
		}
	})
	dsn = cluster.DSN(postgres.User)
	db, err := sql.Open("postgres", dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.ExecContext(t.Context(), "alter user pangea password '"+password+"'"); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(cluster.Dir(), "pg_hba.conf"), []byte("local all all scram-sha-256\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := db.ExecContext(t.Context(), "select pg_reload_conf()"); err != nil {
		t.Fatal(err)
	}
	untilRefused(t, dsn)
	return dsn
}

// untilRefused returns once the cluster has read its new rules.
func untilRefused(t *testing.T, dsn string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	db, err := sql.Open("postgres", dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	db.SetMaxIdleConns(0) // each question on a connection of its own
	for db.PingContext(ctx) == nil {
		if ctx.Err() != nil {
			t.Fatal("the cluster goes on to ask for no password")
		}
	}
	if ctx.Err() != nil {
		t.Fatal("the cluster goes on to ask for no password")
	}
}
