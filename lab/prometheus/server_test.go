//go:build boards

package prometheus_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"pangea/lab/porttest"
	"pangea/lab/prometheus"
)

// In an empty cache, Prometheus is fetched; it runs, and so does its tool.
func TestEnsure_FetchesWhatIsMissing(t *testing.T) {
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	p := ensure(t)
	for _, program := range []string{p.Prometheus, p.Promtool} {
		if out, err := exec.CommandContext(t.Context(), program, "--version").CombinedOutput(); err != nil {
			t.Errorf("%s: %v: %s", program, err, out)
		}
	}
	if again := ensure(t); again != p {
		t.Errorf("got %+v the second time, want %+v", again, p)
	}
}

func ensure(t *testing.T) prometheus.Programs {
	t.Helper()
	p, err := prometheus.Ensure(t.Context(), func(note string) { t.Log(note) })
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
	s, err := prometheus.New(prometheus.Config{File: file, Dir: dir, Address: porttest.Address(t)}, ensure(t))
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Run(t.Context()); err == nil || !strings.Contains(err.Error(), "no_such_field") {
		t.Errorf("got %v, want the field named", err)
	}
	if _, err := prometheus.New(prometheus.Config{}, prometheus.Programs{}); err == nil {
		t.Error("an empty configuration was taken")
	}
}
