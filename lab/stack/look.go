package stack

import (
	"context"
	"database/sql"
	"fmt"
	"os/exec"
	"slices"

	"pangea/lab/process"
)

// Pids are those of the parts that are alive, by name. A postmaster's children are
// not among them.
func (s *Stack) Pids() (map[string]int, error) {
	pids := map[string]int{}
	for _, p := range slices.Concat(s.rows...) {
		pid, alive, err := process.Find(s.pidFile(p))
		if err != nil {
			return nil, fmt.Errorf("%s: %w", p.name, err)
		}
		if alive {
			pids[p.name] = pid
		}
	}
	return pids, nil
}

// Database opens a region's database, over its unix socket. It does not connect yet.
func (s *Stack) Database(region string) (*sql.DB, error) {
	dsn, err := s.DSN(region)
	if err != nil {
		return nil, err
	}
	db, err := sql.Open("postgres", dsn) // the driver of package postgres
	if err != nil {
		return nil, fmt.Errorf("open the database of %s: %w", region, err)
	}
	return db, nil
}

// Program is a command of one that `task build` made, to be run in the root.
func (s *Stack) Program(ctx context.Context, name string, args ...string) (*exec.Cmd, error) {
	return s.binary(name, args...)(ctx, func(string) {})
}
