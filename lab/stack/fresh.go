package stack

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/goccy/go-yaml"

	"pangea/region/topology"
)

// freshDir is the root of the fresh stack, below the state of the other.
const freshDir = "bench"

// Fresh starts a stack of the given world, with the programs of s and nothing stored,
// in .pangea/bench: a measurement begins the same each time, and takes nothing of
// anyone's data. Whoever asked for it ends it with Clean. What one that was killed
// left is cleaned away first. It is refused while s is up, which has its ports.
func (s *Stack) Fresh(ctx context.Context, world *topology.Topology, report Report) (*Stack, error) {
	if err := s.Idle(); err != nil {
		return nil, err
	}
	if err := s.cleanFresh(ctx, report); err != nil {
		return nil, fmt.Errorf("clean up after the last measurement: %w", err)
	}
	if err := s.makeFresh(world); err != nil {
		return nil, fmt.Errorf("make the root of a fresh stack: %w", err)
	}
	fresh, err := Open(s.state(freshDir))
	if err != nil {
		return nil, err
	}
	if _, err := fresh.Up(ctx, report); err != nil {
		return nil, errors.Join(err, fresh.Clean(context.WithoutCancel(ctx), report))
	}
	return fresh, nil
}

// Idle is an error while any part of s is up: a measurement needs its ports.
func (s *Stack) Idle() error {
	if slices.ContainsFunc(s.PartNames(), s.Alive) {
		return errors.New("the stack is up, and the measurement needs its ports: stop it with `go tool task down`, its data stays")
	}
	return nil
}

func (s *Stack) makeFresh(world *topology.Topology) error {
	state := s.state(freshDir, ".pangea")
	if err := os.MkdirAll(state, 0o755); err != nil {
		return err
	}
	text, err := yaml.Marshal(world)
	if err != nil {
		return err
	}
	if err := os.WriteFile(s.state(freshDir, "topology.yaml"), text, 0o644); err != nil {
		return err
	}
	bin := filepath.Join(state, "bin")
	if err := os.Remove(bin); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return os.Symlink(s.state("bin"), bin)
}

// cleanFresh ends and deletes the fresh stack, if there is one.
func (s *Stack) cleanFresh(ctx context.Context, report Report) error {
	fresh, err := Open(s.state(freshDir))
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	return fresh.Clean(ctx, report)
}
