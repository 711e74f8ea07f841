package stack

import (
	"context"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"pangea/lab/postgres"
	"pangea/lab/process"
	"pangea/region/topology"
)

// Stack is the local stack of one checkout. Its state is on disk and in the
// processes: any number of programs may hold a Stack of the same root.
type Stack struct {
	root string
	topo *topology.Topology
	rows [][]part // in the order of starting

	installing sync.Mutex // one search for Postgres at a time: it may install it
}

// Open reads topology.yaml in root. It starts nothing.
func Open(root string) (*Stack, error) {
	root, err := filepath.Abs(root)
	if err != nil {
		return nil, fmt.Errorf("path of %s: %w", root, err)
	}
	topo, err := topology.Load(filepath.Join(root, "topology.yaml"))
	if err != nil {
		return nil, err
	}
	if err := local(topo); err != nil {
		return nil, err
	}
	s := &Stack{root: root, topo: topo}
	s.rows = s.layOut()
	return s, nil
}

// local refuses a world that is kept by databases or NATS clusters of somebody else.
func local(topo *topology.Topology) error {
	for _, r := range topo.Regions {
		if _, _, err := net.SplitHostPort(r.Postgres); err != nil {
			return fmt.Errorf("the local stack starts a Postgres for %[1]s: in topology.yaml, postgres of %[1]s must be host:port", r.Name)
		}
		if _, elsewhere := topo.Cluster(r.Name); elsewhere {
			return fmt.Errorf("the local stack starts no NATS cluster: leave nats.url of %s out of topology.yaml", r.Name)
		}
	}
	return nil
}

// Topology is the content of the root's topology.yaml.
func (s *Stack) Topology() *topology.Topology { return s.topo }

// PartNames lists the parts in the order of starting.
func (s *Stack) PartNames() []string {
	var names []string
	for _, p := range slices.Concat(s.rows...) {
		names = append(names, p.name)
	}
	return names
}

// Select lists the parts that names mean: a part, a region, which is all of its parts, or
// all. No names are all too.
func (s *Stack) Select(names []string) ([]string, error) {
	if len(names) == 0 || slices.Contains(names, "all") {
		return s.PartNames(), nil
	}
	var parts []string
	for _, name := range names {
		if slices.Contains(s.topo.Names(), name) {
			parts = append(parts, "postgres-"+name, "region-"+name, "router-"+name)
			continue
		}
		if _, err := s.part(name); err != nil {
			return nil, fmt.Errorf("%w; a region stands for all of its own", err)
		}
		parts = append(parts, name)
	}
	slices.Sort(parts)
	return slices.Compact(parts), nil
}

// LogFile is where a part's output goes.
func (s *Stack) LogFile(name string) (string, error) {
	p, err := s.part(name)
	if err != nil {
		return "", err
	}
	return s.logFile(p), nil
}

// Kill ends a part by SIGKILL, and a postmaster's backends with it. Killing a
// dead part is no error.
func (s *Stack) Kill(name string) error {
	p, err := s.part(name)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), stopWithin)
	defer cancel()
	if _, err := process.Kill(ctx, s.pidFile(p)); err != nil {
		return fmt.Errorf("kill %s: %w", name, err)
	}
	return nil
}

// DSN is the connection string of a region's database, over its unix socket.
func (s *Stack) DSN(region string) (string, error) {
	r, err := s.topo.Region(region)
	if err != nil {
		return "", err
	}
	cluster, err := s.cluster(r, postgres.Binaries{})
	if err != nil {
		return "", err
	}
	return cluster.DSN(postgres.User), nil
}

func (s *Stack) part(name string) (part, error) {
	for _, p := range slices.Concat(s.rows...) {
		if p.name == name {
			return p, nil
		}
	}
	return part{}, fmt.Errorf("no part %q: the parts are %s", name, strings.Join(s.PartNames(), ", "))
}

// state is a path below .pangea.
func (s *Stack) state(elem ...string) string {
	return filepath.Join(append([]string{s.root, ".pangea"}, elem...)...)
}

func (s *Stack) pidFile(p part) string { return s.state("run", p.name+".pid") }
func (s *Stack) logFile(p part) string { return s.state("log", p.name+".log") }

func (s *Stack) makeDirs() error {
	for _, dir := range []string{"run", "log"} {
		if err := os.MkdirAll(s.state(dir), 0o755); err != nil {
			return fmt.Errorf("make state directory: %w", err)
		}
	}
	return nil
}
