package postgres_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"pangea/lab/porttest"
	"pangea/lab/postgres"
)

// TestPlaceBelowClosedDirectory runs a cluster in a checkout that only its owner
// may enter. For root, whose Postgres runs as another user, the data must move.
func TestPlaceBelowClosedDirectory(t *testing.T) {
	closed := t.TempDir()
	if err := os.Chmod(closed, 0o700); err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(closed, "postgres")
	place, err := postgres.Place(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	if isRoot := os.Geteuid() == 0; isRoot != (place != dir) {
		t.Fatalf("placed in %q, want another place than %q only for root", place, dir)
	}
	again, err := postgres.Place(t.Context(), dir)
	if err != nil || again != place {
		t.Fatalf("placed again: %q, %v, want %q", again, err, place)
	}
	startIn(t, filepath.Join(place, "us"))

	if err := postgres.Unplace(dir); err != nil {
		t.Fatal(err)
	}
	for _, left := range []string{dir, place} {
		if _, err := os.Lstat(left); !os.IsNotExist(err) {
			t.Errorf("%s is left behind: %v", left, err)
		}
	}
}

// TestPlaceForgetsDeletedCheckout: a checkout that was deleted and cloned again
// starts empty.
func TestPlaceForgetsDeletedCheckout(t *testing.T) {
	closed := t.TempDir()
	if err := os.Chmod(closed, 0o700); err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(closed, "postgres")
	if _, err := postgres.Place(t.Context(), dir); err != nil {
		t.Fatal(err)
	}
	old := filepath.Join(dir, "old")
	if err := os.WriteFile(old, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(dir); err != nil { // only the link, for root
		t.Fatal(err)
	}
	if _, err := postgres.Place(t.Context(), dir); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { postgres.Unplace(dir) }) //nolint:errcheck // best effort
	if _, err := os.Stat(old); !os.IsNotExist(err) {
		t.Fatalf("the deleted checkout's data is back: %v", err)
	}
}

func startIn(t *testing.T, dir string) {
	t.Helper()
	bin, err := postgres.Ensure(t.Context(), func(note string) { t.Log(note) })
	if err != nil {
		t.Fatal(err)
	}
	address := porttest.Address(t)
	c, err := postgres.New(postgres.Config{
		Dir: dir, Address: address,
		PidFile: filepath.Join(t.TempDir(), "pid"), LogFile: filepath.Join(t.TempDir(), "log"),
	}, bin)
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(c.Close(), c.Remove()); err != nil {
		t.Fatal(err)
	}
}
