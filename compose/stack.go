package compose

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"pangea/region/topology"
)

// Stack is the containers of one checkout. Its state is in the engine: any number of
// programs may hold a Stack of the same root.
type Stack struct {
	root string
	topo *topology.Topology
}

// Open reads topology.yaml in root. It starts nothing, and asks no engine.
func Open(root string) (*Stack, error) {
	root, err := filepath.Abs(root)
	if err != nil {
		return nil, fmt.Errorf("path of %s: %w", root, err)
	}
	topo, err := topology.Load(filepath.Join(root, "topology.yaml"))
	if err != nil {
		return nil, err
	}
	return &Stack{root: root, topo: topo}, nil
}

// Topology is the content of the root's topology.yaml: the world as it is seen from this
// machine, outside of the containers.
func (s *Stack) Topology() *topology.Topology { return s.topo }

// Up builds Pangea's image, starts what does not run, and returns when every container is
// healthy. docker shows on out and errs what it does.
func (s *Stack) Up(ctx context.Context, out, errs io.Writer) error {
	if err := s.MakeSecrets(); err != nil {
		return err
	}
	// The engine would make it too, but as its own.
	if err := os.MkdirAll(filepath.Join(s.root, ".pangea", "clock"), 0o755); err != nil {
		return fmt.Errorf("make the directory of skewed clocks: %w", err)
	}
	return s.show(ctx, out, errs, "up", "--detach", "--build", "--wait")
}

// Down stops and removes the containers, and with deleteData their volumes.
func (s *Stack) Down(ctx context.Context, deleteData bool, out, errs io.Writer) error {
	args := []string{"down", "--remove-orphans"}
	if deleteData {
		args = append(args, "--volumes")
	}
	return s.show(ctx, out, errs, args...)
}
