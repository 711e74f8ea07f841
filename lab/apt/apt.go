package apt

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
)

// Install adds the packages to the system, from what its package lists know. What is
// installed already stays as it is.
func Install(ctx context.Context, packages ...string) error {
	if !Allowed() {
		return fmt.Errorf("%s must be installed, and only root can do so by apt-get: install it and repeat", strings.Join(packages, " "))
	}
	if err := Update(ctx); err != nil {
		return err
	}
	return run(ctx, append([]string{"install", "-q", "-y", "--no-install-recommends"}, packages...)...)
}

// Allowed reports whether this process may install packages here.
func Allowed() bool {
	_, err := exec.LookPath("apt-get")
	return err == nil && os.Geteuid() == 0
}

// Update brings the system's package lists up to date.
func Update(ctx context.Context) error { return run(ctx, "update", "-q") }

func run(ctx context.Context, args ...string) error { return runIn(ctx, "", args...) }

// runIn adds the last line that apt-get said to its error.
func runIn(ctx context.Context, dir string, args ...string) error {
	cmd := exec.CommandContext(ctx, "apt-get", append([]string{"-o", "DPkg::Lock::Timeout=120"}, args...)...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "DEBIAN_FRONTEND=noninteractive", "LC_ALL=C")
	out, err := cmd.CombinedOutput()
	if err == nil {
		return nil
	}
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	return fmt.Errorf("apt-get %s: %w: %s", args[0], err, lines[len(lines)-1])
}
