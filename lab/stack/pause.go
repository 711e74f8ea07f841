package stack

import (
	"context"
	"fmt"

	"pangea/lab/process"
)

// Pause stops a part where it stands, by SIGSTOP, and a postmaster's backends with it: it
// keeps its connections and answers nothing. Start lets it go on. Pausing a paused part is
// no error, pausing a dead one is.
func (s *Stack) Pause(ctx context.Context, name string) error {
	p, err := s.part(name)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, stopWithin)
	defer cancel()
	paused, err := process.Pause(ctx, s.pidFile(p))
	if err != nil {
		return fmt.Errorf("pause %s: %w", name, err)
	}
	if !paused {
		return fmt.Errorf("%s does not run, so it cannot be paused: `go tool task up` starts it", name)
	}
	return nil
}

// Paused reports whether a part was paused.
func (s *Stack) Paused(name string) bool {
	p, err := s.part(name)
	if err != nil {
		return false
	}
	paused, err := process.Paused(context.Background(), s.pidFile(p))
	return err == nil && paused
}
