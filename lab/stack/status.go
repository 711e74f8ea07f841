package stack

import (
	"context"
	"fmt"
	"os"
	"slices"

	"golang.org/x/sync/errgroup"

	"pangea/lab/process"
)

// PartStatus is how one part stands.
type PartStatus struct {
	Name    string
	Address string // the first that it listens on
	Pid     int    // zero unless it is alive
	State   State
	Reason  string // why it is not ready
	Log     string
}

// State is one word for a part.
type State string

// The states of a part.
const (
	StateReady    State = "ready"
	StateNotReady State = "not ready"
	StatePaused   State = "paused"
	StateDied     State = "died" // it was started, and nobody stopped it
	StateDown     State = "down"
)

// Status asks all parts at once. It answers within a few seconds, whatever state
// they are in.
func (s *Stack) Status(ctx context.Context) ([]PartStatus, error) {
	parts := slices.Concat(s.rows...)
	all := make([]PartStatus, len(parts))
	g, ctx := errgroup.WithContext(ctx)
	for i, p := range parts {
		g.Go(func() (err error) {
			all[i], err = s.statusOf(ctx, p)
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return nil, err
	}
	return all, nil
}

// Alive reports whether the part's process runs, ready or not.
func (s *Stack) Alive(name string) bool {
	p, err := s.part(name)
	if err != nil {
		return false
	}
	_, alive, err := process.Find(s.pidFile(p))
	return err == nil && alive
}

func (s *Stack) statusOf(ctx context.Context, p part) (PartStatus, error) {
	status := PartStatus{Name: p.name, Address: p.addresses[0], Log: s.logFile(p), State: StateDown}
	pid, alive, err := process.Find(s.pidFile(p))
	if err != nil {
		return status, fmt.Errorf("%s: %w", p.name, err)
	}
	if !alive {
		if _, err := os.Stat(s.pidFile(p)); err == nil {
			status.State = StateDied
		}
		return status, nil
	}
	if s.Paused(p.name) {
		status.Pid, status.State, status.Reason = pid, StatePaused, "`go tool task up` lets it go on"
		return status, nil
	}
	status.Pid, status.State = pid, StateReady
	if err := ask(ctx, p); err != nil {
		status.State, status.Reason = StateNotReady, err.Error()
	}
	return status, nil
}
