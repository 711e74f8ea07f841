package prometheus

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"

	"pangea/lab/apt"
)

// Programs are the paths of Prometheus and of the tool that checks its files.
type Programs struct{ Prometheus, Promtool string }

// Ensure finds the programs, or fetches them. say is told what takes long.
func Ensure(ctx context.Context, say func(string)) (Programs, error) {
	if found, err := find(""); err == nil {
		return found, nil
	}
	return fetched(ctx, say)
}

// fetched finds the programs in the cache, and puts them there if it has none.
func fetched(ctx context.Context, say func(string)) (Programs, error) {
	dir := cache()
	if found, err := find(filepath.Join(dir, "usr", "bin")); err == nil {
		return found, nil
	}
	say("fetching Prometheus from Debian to " + dir + " (20 MB)")
	if err := os.MkdirAll(filepath.Dir(dir), 0o755); err != nil {
		return Programs{}, fmt.Errorf("make room for Prometheus: %w", err)
	}
	if err := apt.Unpack(ctx, dir, "prometheus"); err != nil {
		return Programs{}, err
	}
	return find(filepath.Join(dir, "usr", "bin"))
}

// find looks in dir, or on the PATH if that is empty.
func find(dir string) (p Programs, err error) {
	for name, path := range map[string]*string{"prometheus": &p.Prometheus, "promtool": &p.Promtool} {
		if *path, err = exec.LookPath(filepath.Join(dir, name)); err != nil {
			return Programs{}, err
		}
	}
	return p, nil
}

func cache() string {
	dir, err := os.UserCacheDir()
	if err != nil {
		dir = os.TempDir()
	}
	return filepath.Join(dir, "pangea", "prometheus")
}
