package postgres

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// minVersion is the oldest major version that has all that Pangea's settings and
// SQL use.
const minVersion = 15

// ErrNotFound says that no usable Postgres is installed.
var ErrNotFound = errors.New("no PostgreSQL 15 or newer found")

// Binaries is a directory of Postgres programs.
type Binaries struct {
	Dir     string
	Version int // major
}

// Path is the program's full path.
func (b Binaries) Path(program string) string { return filepath.Join(b.Dir, program) }

// Find returns the first usable binaries, or ErrNotFound. If $PANGEA_PG_BIN is
// set, no other place is looked at.
func Find(ctx context.Context) (Binaries, error) {
	if dir := os.Getenv("PANGEA_PG_BIN"); dir != "" {
		b, err := inspect(ctx, dir)
		if err != nil {
			return Binaries{}, fmt.Errorf("PANGEA_PG_BIN: %w", err)
		}
		return b, nil
	}
	for _, dir := range places(ctx) {
		if b, err := inspect(ctx, dir); err == nil {
			return b, nil
		}
	}
	return Binaries{}, ErrNotFound
}

// places lists the directories to look at, the most deliberate choice first.
func places(ctx context.Context) []string {
	var dirs []string
	if path, err := exec.LookPath("postgres"); err == nil {
		dirs = append(dirs, filepath.Dir(path))
	}
	if out, err := exec.CommandContext(ctx, "pg_config", "--bindir").Output(); err == nil {
		dirs = append(dirs, strings.TrimSpace(string(out)))
	}
	for _, pattern := range []string{
		"/usr/lib/postgresql/*/bin",
		"/opt/homebrew/opt/postgresql@*/bin",
		"/usr/local/opt/postgresql@*/bin",
		"/usr/pgsql-*/bin",
		filepath.Join(downloadDir(), "bin"),
	} {
		found, _ := filepath.Glob(pattern) // the patterns are well formed
		slices.SortFunc(found, func(a, b string) int { return cmp.Compare(number(b), number(a)) })
		dirs = append(dirs, found...)
	}
	return dirs
}

var digits = regexp.MustCompile(`\d+`)

// number is the first number in s, the major version in a path or in the answer
// of postgres --version.
func number(s string) int {
	n, _ := strconv.Atoi(digits.FindString(s)) // no digits: 0
	return n
}

// inspect runs the programs as the user that will run them, since another user's
// home is no use.
func inspect(ctx context.Context, dir string) (Binaries, error) {
	acct, err := serverAccount()
	if err != nil {
		return Binaries{}, err
	}
	b := Binaries{Dir: dir}
	if _, err := os.Stat(b.Path("initdb")); err != nil {
		return Binaries{}, err
	}
	out, err := acct.command(ctx, b.Path("postgres"), "--version").Output()
	if err != nil {
		return Binaries{}, fmt.Errorf("run %s: %w", b.Path("postgres"), err)
	}
	if b.Version = number(string(out)); b.Version < minVersion {
		return Binaries{}, fmt.Errorf("%s is PostgreSQL %d, want %d or newer", dir, b.Version, minVersion)
	}
	return b, nil
}
