package postgres

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	_ "github.com/lib/pq" // embedded-postgres brings it; the services' own driver stays in region/store

	"pangea/lab/process"
)

// startWithin bounds how long a start may take, recovery after a crash included.
const startWithin = 60 * time.Second

// StopSignal ends a postmaster fast: transactions are rolled back, nothing needs
// recovery.
const StopSignal = syscall.SIGINT

// Start runs the cluster in the background and returns when it answers. After a
// kill it comes back with its data.
func (c *Cluster) Start(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, startWithin)
	defer cancel()
	if err := c.Prepare(ctx); err != nil {
		return err
	}
	if err := process.Start(c.Command(), c.cfg.PidFile, c.cfg.LogFile); err != nil {
		return err
	}
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		reason := c.Ready(ctx)
		if reason == nil {
			return nil
		}
		if _, alive, err := process.Find(c.cfg.PidFile); err != nil || !alive {
			return errors.Join(err, fmt.Errorf("postgres ended while it started, see %s", c.cfg.LogFile))
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("postgres is not ready, see %s: %w", c.cfg.LogFile, reason)
		case <-tick.C:
		}
	}
}

// Stop ends the cluster fast and in order.
func (c *Cluster) Stop(ctx context.Context) error {
	return process.Stop(ctx, c.cfg.PidFile, StopSignal)
}

// Kill ends the postmaster and all its backends by SIGKILL.
func (c *Cluster) Kill(ctx context.Context) error {
	_, err := process.Kill(ctx, c.cfg.PidFile)
	return err
}

// Remove deletes the stopped cluster's data and its socket, and what a killed one has
// left in the system's memory.
func (c *Cluster) Remove() error {
	c.removeSegment()
	return errors.Join(os.RemoveAll(c.cfg.Dir), os.RemoveAll(c.socketDir()))
}

// removeSegment deletes the System V segment by which a killed postmaster would have been
// recognized at the next start. It is small, but the system has room for only some
// thousands. The postmaster noted its key in the seventh line of its pid file, which one
// that is stopped in order takes away.
func (c *Cluster) removeSegment() {
	note, err := os.ReadFile(filepath.Join(c.cfg.Dir, "postmaster.pid"))
	if err != nil {
		return
	}
	const line = 6
	if lines := strings.Split(string(note), "\n"); len(lines) > line {
		if segment := strings.Fields(lines[line]); len(segment) == 2 {
			_ = exec.Command("ipcrm", "-M", segment[0]).Run() // it may be gone: nothing is lost
		}
	}
}

// Exists reports whether Init has made the data directory, and nobody removed it.
func (c *Cluster) Exists() bool {
	_, err := os.Stat(c.cfg.Dir)
	return err == nil
}

// Ready returns nil once the cluster answers queries.
func (c *Cluster) Ready(ctx context.Context) error {
	return c.exec(ctx, "SELECT 1")
}

// CreateDatabase makes an empty database in the running cluster.
func (c *Cluster) CreateDatabase(ctx context.Context, name string) error {
	return c.exec(ctx, `CREATE DATABASE "`+strings.ReplaceAll(name, `"`, `""`)+`"`)
}

func (c *Cluster) exec(ctx context.Context, statement string) error {
	db, err := sql.Open("postgres", c.DSN(User))
	if err != nil {
		return fmt.Errorf("open postgres: %w", err)
	}
	defer db.Close()
	if _, err := db.ExecContext(ctx, statement); err != nil {
		return fmt.Errorf("%s: %w", statement, err)
	}
	return nil
}
