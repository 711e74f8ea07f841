package store_test

import (
	"database/sql"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	_ "github.com/lib/pq"

	"pangea/region/regiontest"
	"pangea/region/store"
)

// guarded makes a database whose owner needs a password over TCP, and returns where it is,
// without that.
func guarded(t *testing.T, password string) (host, port, user, name string) {
	t.Helper()
	cluster, err := regiontest.Postgres()
	if err != nil {
		t.Fatal(err)
	}
	user = fmt.Sprintf("guarded_%d", time.Now().UnixNano())
	name = user
	if err := cluster.CreateDatabase(t.Context(), name); err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("postgres", cluster.DSN(name))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	hba := filepath.Join(cluster.Dir(), "pg_hba.conf")
	rules, err := os.ReadFile(hba)
	if err != nil {
		t.Fatal(err)
	}
	rule := fmt.Sprintf("host all %s 127.0.0.1/32 scram-sha-256\n", user)
	if err := os.WriteFile(hba, append([]byte(rule), rules...), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, statement := range []string{
		fmt.Sprintf("create role %s login password '%s'", user, password),
		fmt.Sprintf("alter database %s owner to %s", name, user),
		fmt.Sprintf("grant all on schema public to %s", user),
		"select pg_reload_conf()",
	} {
		if _, err := db.ExecContext(t.Context(), statement); err != nil {
			t.Fatalf("%s: %v", statement, err)
		}
	}
	if err := db.QueryRowContext(t.Context(), "show port").Scan(&port); err != nil {
		t.Fatal(err)
	}
	return "127.0.0.1", port, user, name
}

// Every way to give an address and a password that libpq has works, and the file with
// nothing else. What the store says of where it is, and why it cannot get there, never
// has the password.
func TestStore_AnyAddressAndPassword(t *testing.T) {
	const password = "hunter2'\\ x"
	host, port, user, name := guarded(t, strings.ReplaceAll(password, "'", "''"))
	bare := fmt.Sprintf("host=%s port=%s user=%s dbname=%s sslmode=disable", host, port, user, name)
	address := url.URL{Scheme: "postgres", User: url.UserPassword(user, password), Host: host + ":" + port, Path: name, RawQuery: "sslmode=disable"}
	quoted := strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(password)
	dir := t.TempDir()
	secret, pgpass := write(t, dir, "secret", password+"\n"), write(t, dir, "pgpass", "*:*:*:*:"+strings.ReplaceAll(password, `\`, `\\`)+"\n")
	for what, cfg := range map[string]store.Config{
		"a URL":         {DSN: address.String()},
		"keywords":      {DSN: bare + " password='" + quoted + "'"},
		"a passfile":    {DSN: bare + " passfile=" + pgpass},
		"a secret file": {DSN: bare, PasswordFile: secret},
	} {
		if err := acquire(t, cfg); err != nil {
			t.Errorf("with %s: %v", what, err)
		}
	}
	t.Run("PGPASSFILE", func(t *testing.T) {
		t.Setenv("PGPASSFILE", pgpass)
		if err := acquire(t, store.Config{DSN: bare}); err != nil {
			t.Error(err)
		}
	})
	for what, cfg := range map[string]store.Config{
		"no password":       {DSN: bare},
		"a wrong one":       {DSN: bare + " password='hunter2 nope'"},
		"no such host":      {DSN: "postgres://me:hunter2@127.0.0.1:1/x?sslmode=disable"},
		"no such setting":   {DSN: "postgres://me:hunter2@127.0.0.1:1/x?sslmode=perhaps"},
		"no URL":            {DSN: "postgres://me:hunter2@127.0.0.1:port/x"},
		"nothing that fits": {DSN: "me:hunter2@127.0.0.1"},
		"no such file":      {DSN: bare, PasswordFile: filepath.Join(dir, "none")},
	} {
		if err := acquire(t, cfg); err == nil || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("with %s: %v", what, err)
		}
	}
}

// acquire opens a session, and reads by another connection.
func acquire(t *testing.T, cfg store.Config) error {
	t.Helper()
	cfg.Region = "us"
	s, err := store.Open(t.Context(), cfg)
	if err != nil {
		return err
	}
	defer s.Close()
	if strings.Contains(s.Address(), "hunter2") {
		t.Errorf("the address shows the password: %s", s.Address())
	}
	session, err := s.Acquire(t.Context(), 3*time.Second)
	if err != nil {
		return err
	}
	defer session.Close()
	_, err = s.Counts(t.Context())
	return err
}

func write(t *testing.T, dir, name, text string) string {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// The server ends the session of a writer that is gone without a word: its lock would keep
// the region from starting elsewhere.
func TestAcquire_ADeadWriterIsNoticed(t *testing.T) {
	host, port, user, name := guarded(t, "x")
	s, err := store.Open(t.Context(), store.Config{Region: "us", DSN: fmt.Sprintf("host=%s port=%s user=%s dbname=%s password=x sslmode=disable", host, port, user, name)})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	session, err := s.Acquire(t.Context(), 3*time.Second)
	if err != nil {
		t.Fatal(err)
	}
	defer session.Close()
	for name, want := range map[string]string{
		"tcp_keepalives_idle": "5", "tcp_keepalives_interval": "2", "tcp_keepalives_count": "3", "tcp_user_timeout": "11000",
	} {
		if got, err := session.Setting(t.Context(), name); got != want {
			t.Errorf("%s is %q, %v; want %q", name, got, err, want)
		}
	}
}
