//go:build boards

package prometheus

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"pangea/lab/porttest"
)

// Into an empty cache, Prometheus is fetched once, whatever is on the PATH; it runs, and so
// does its tool.
func TestFetched_FillsTheCache(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("XDG_CACHE_HOME", dir)
	fetches := 0
	fetch := func() Programs {
		t.Helper()
		p, err := fetched(t.Context(), func(note string) { fetches++; t.Log(note) })
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	p := fetch()
	for _, program := range []string{p.Prometheus, p.Promtool} {
		if !strings.HasPrefix(program, dir) {
			t.Errorf("%s is not in the cache, %s", program, dir)
		}
		if out, err := exec.CommandContext(t.Context(), program, "--version").CombinedOutput(); err != nil {
			t.Errorf("%s: %v: %s", program, err, out)
		}
	}
	if again := fetch(); again != p || fetches != 1 {
		t.Errorf("got %+v the second time and %d fetches, want %+v and one", again, fetches, p)
	}
}

func ensure(t *testing.T) Programs {
	t.Helper()
	p, err := Ensure(t.Context(), func(note string) { t.Log(note) })
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// One that cannot read its configuration is an error that says why.
func TestServer_SaysWhyItEnded(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "prometheus.yml")
	if err := os.WriteFile(file, []byte("no_such_field: 1\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	s, err := New(Config{File: file, Dir: dir, Address: porttest.Address(t)}, ensure(t))
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Run(t.Context()); err == nil || !strings.Contains(err.Error(), "no_such_field") {
		t.Errorf("got %v, want the field named", err)
	}
	if _, err := New(Config{}, Programs{}); err == nil {
		t.Error("an empty configuration was taken")
	}
}
