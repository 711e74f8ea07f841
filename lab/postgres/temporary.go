package postgres

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"

	"pangea/lab/process"
)

// Temporary starts a new cluster in a directory of its own, installing Postgres
// if need be. It takes about two seconds. Close deletes it.
func Temporary(ctx context.Context) (*Cluster, error) { return TemporaryIn(ctx, "") }

// TemporaryIn is Temporary below parent, which the server's account must be able to
// enter, rather than below the system's directory for such.
func TemporaryIn(ctx context.Context, parent string) (*Cluster, error) {
	bin, err := Ensure(ctx, func(note string) { fmt.Fprintln(os.Stderr, note) })
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp(parent, "pangea-postgres-")
	if err != nil {
		return nil, fmt.Errorf("make temporary cluster: %w", err)
	}
	c, err := startTemporary(ctx, dir, bin)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("temporary cluster: %w", err), os.RemoveAll(dir))
	}
	return c, nil
}

func startTemporary(ctx context.Context, dir string, bin Binaries) (*Cluster, error) {
	if err := os.Chmod(dir, 0o755); err != nil {
		return nil, err
	}
	home, err := Place(ctx, filepath.Join(dir, "home"))
	if err != nil {
		return nil, err
	}
	port, err := freePort()
	if err != nil {
		return nil, err
	}
	c, err := New(Config{
		Dir:            filepath.Join(home, "data"),
		Address:        fmt.Sprintf("127.0.0.1:%d", port),
		PidFile:        filepath.Join(dir, "pid"),
		LogFile:        filepath.Join(dir, "log"),
		MaxConnections: 200,
	}, bin)
	if err != nil {
		return nil, err
	}
	if c.guard, err = startGuard(dir, home, c.socketDir()); err != nil {
		return nil, err
	}
	if err := c.Start(ctx); err != nil {
		return nil, errors.Join(err, c.Close())
	}
	return c, nil
}

// Close ends the cluster; a temporary one is deleted with all its data.
func (c *Cluster) Close() error {
	if c.guard == nil {
		return c.Stop(context.Background())
	}
	// At once, without a checkpoint, but not by SIGKILL: that leaves segments of memory behind.
	stopped := process.Stop(context.Background(), c.cfg.PidFile, syscall.SIGQUIT)
	return errors.Join(stopped, os.RemoveAll(c.cfg.PidFile), c.guard.release())
}

// guard is a shell that deletes a temporary cluster when the program that made it
// is done with it, however that program ends.
type guard struct {
	shell *exec.Cmd
	alive io.Closer // the program's end of the pipe that the shell reads
}

// guardScript is given the cluster's directory, its data and its socket directory.
// It waits for the end of its input, then for that of the postmaster, if there is
// still a pid file.
const guardScript = `
cat
if [ -s "$1/pid" ] && kill -QUIT "$(cat "$1/pid")" 2>/dev/null; then
	while [ -e "$2/data/postmaster.pid" ] && [ $((n += 1)) -lt 200 ]; do sleep 0.05; done
fi
rm -rf "$2" "$1" "$3"`

func startGuard(dir, home, sockets string) (*guard, error) {
	shell := exec.Command("/bin/sh", "-c", guardScript, "guard", dir, home, sockets)
	shell.SysProcAttr = &syscall.SysProcAttr{Setsid: true} // Ctrl-C is not for it
	input, err := shell.StdinPipe()
	if err != nil {
		return nil, fmt.Errorf("guard: %w", err)
	}
	if err := shell.Start(); err != nil {
		return nil, fmt.Errorf("guard: %w", err)
	}
	return &guard{shell: shell, alive: input}, nil
}

func (g *guard) release() error {
	return errors.Join(g.alive.Close(), g.shell.Wait())
}
