package mesh

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/goccy/go-yaml"

	"pangea/lab/postgres"
	"pangea/lab/stack"
	"pangea/region/topology"
)

// Config describes a mesh.
type Config struct {
	// Root is a directory for all its state, which is deleted by Start and by Stop.
	Root string

	// Programs is the directory of toxiproxy-server.
	Programs string

	// World has the nodes and the distances between them.
	World *topology.Topology

	// Seed decides the keys and values that pgbench draws.
	Seed int
}

// Mesh is one that runs.
type Mesh struct {
	cfg   Config
	bin   postgres.Binaries
	stack *stack.Stack
	nodes []*node
}

// Start brings up an empty mesh whose subscriptions all replicate, installing what is
// missing. say is told what takes long.
func Start(ctx context.Context, cfg Config, say func(string)) (*Mesh, error) {
	bin, err := Ensure(ctx, say)
	if err != nil {
		return nil, err
	}
	m := &Mesh{cfg: cfg, bin: bin}
	if err := m.clear(ctx); err != nil {
		return nil, fmt.Errorf("clean up after the last mesh: %w", err)
	}
	if err := m.makeRoot(); err != nil {
		return nil, fmt.Errorf("make the root of the mesh: %w", err)
	}
	if m.stack, err = stack.Open(cfg.Root); err != nil {
		return nil, err
	}
	aimLinks(m.stack.Topology())
	if err := m.up(ctx); err != nil {
		return nil, errors.Join(err, m.Stop(context.WithoutCancel(ctx)))
	}
	return m, nil
}

// Size is how many nodes there are.
func (m *Mesh) Size() int { return len(m.nodes) }

// Stop ends the mesh and deletes it.
func (m *Mesh) Stop(ctx context.Context) error {
	for _, n := range m.nodes {
		n.db.Close()
	}
	m.nodes = nil
	return m.clear(ctx)
}

func (m *Mesh) clear(ctx context.Context) error {
	s, err := stack.Open(m.cfg.Root)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	return errors.Join(s.Clean(ctx, silent), os.RemoveAll(m.cfg.Root))
}

func silent(string, string) {}

// makeRoot puts the topology beside the programs.
func (m *Mesh) makeRoot() error {
	text, err := yaml.Marshal(m.cfg.World)
	if err != nil {
		return err
	}
	programs, err := filepath.Abs(m.cfg.Programs)
	if err != nil {
		return err
	}
	return errors.Join(
		os.MkdirAll(filepath.Join(m.cfg.Root, ".pangea"), 0o755),
		os.WriteFile(filepath.Join(m.cfg.Root, "topology.yaml"), text, 0o644),
		os.Symlink(programs, filepath.Join(m.cfg.Root, ".pangea", "bin")))
}

// aimLinks leads the links for logs to the databases. A topology that says so would be
// refused where it is read: two parts of a region may not have one address.
func aimLinks(t *topology.Topology) {
	for i := range t.Regions {
		t.Regions[i].NATS = t.Regions[i].Postgres
	}
}

// up starts the nodes twice: some settings are read at the start only.
func (m *Mesh) up(ctx context.Context) error {
	if err := m.startNodes(ctx); err != nil {
		return err
	}
	for _, n := range m.nodes {
		if err := n.adjust(ctx); err != nil {
			return fmt.Errorf("node %s: %w", n.name, err)
		}
	}
	if err := m.stack.Down(ctx, silent); err != nil {
		return err
	}
	if err := m.startNodes(ctx); err != nil {
		return err
	}
	if err := m.stack.Start(ctx, "toxiproxy"); err != nil {
		return err
	}
	return m.connect(ctx)
}

func (m *Mesh) startNodes(ctx context.Context) error {
	for _, n := range m.nodes {
		n.db.Close()
	}
	m.nodes = nil
	for _, r := range m.stack.Topology().Regions {
		if err := m.stack.Start(ctx, "postgres-"+r.Name); err != nil {
			return err
		}
		n, err := m.open(r)
		if err != nil {
			return err
		}
		m.nodes = append(m.nodes, n)
	}
	return nil
}
