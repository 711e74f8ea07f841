package stack

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"syscall"

	"pangea/chaos/links"
	"pangea/lab/postgres"
	"pangea/region/topology"
)

// part is one process of the stack.
type part struct {
	name      string
	addresses []string // that it listens on
	stop      syscall.Signal

	command prepare
	// ready returns nil once the part serves. It changes nothing.
	ready func(ctx context.Context) error
	// settle completes the start of a part that is ready. It may be repeated.
	settle func(ctx context.Context) error
}

// prepare does what must precede a start and returns the program to run. It
// reports what takes long.
type prepare func(ctx context.Context, report func(note string)) (*exec.Cmd, error)

// layOut makes the rows of parts that start together.
func (s *Stack) layOut() [][]part {
	var ground, regions, routers []part
	for _, r := range s.topo.Regions {
		ground = append(ground, s.postgresPart(r))
		regions = append(regions, s.regionPart(r))
		routers = append(routers, s.routerPart(r))
	}
	if len(s.topo.Links.Listeners) > 0 {
		ground = append(ground, s.toxiproxyPart())
	}
	return [][]part{ground, regions, routers}
}

func (s *Stack) postgresPart(r topology.Region) part {
	return part{
		name:      "postgres-" + r.Name,
		addresses: []string{r.Postgres},
		stop:      postgres.StopSignal,
		command: func(ctx context.Context, report func(string)) (*exec.Cmd, error) {
			return s.postmaster(ctx, r, report)
		},
		ready: func(ctx context.Context) error {
			cluster, err := s.cluster(r, postgres.Binaries{})
			if err != nil {
				return err
			}
			return cluster.Ready(ctx)
		},
		settle: nothing,
	}
}

// postmaster prepares the region's cluster, whatever that takes.
func (s *Stack) postmaster(ctx context.Context, r topology.Region, report func(string)) (*exec.Cmd, error) {
	s.installing.Lock()
	bin, err := postgres.Ensure(ctx, report)
	if err == nil {
		err = s.placeData(ctx, report)
	}
	s.installing.Unlock()
	if err != nil {
		return nil, err
	}
	cluster, err := s.cluster(r, bin)
	if err != nil {
		return nil, err
	}
	if err := cluster.Prepare(ctx); err != nil {
		return nil, err
	}
	return cluster.Command(), nil
}

func (s *Stack) placeData(ctx context.Context, report func(string)) error {
	dir := s.state("postgres")
	_, unplaced := os.Lstat(dir)
	place, err := postgres.Place(ctx, dir)
	if err == nil && unplaced != nil && place != dir {
		report("data is in " + place + ", as the user of Postgres cannot enter this directory")
	}
	return err
}

// cluster is the region's, in the place where its data is or will be. To ask or
// to stop it, it needs no binaries.
func (s *Stack) cluster(r topology.Region, bin postgres.Binaries) (*postgres.Cluster, error) {
	dir := s.state("postgres")
	if place, err := os.Readlink(dir); err == nil {
		dir = place
	}
	return postgres.New(postgres.Config{Dir: filepath.Join(dir, r.Name), Address: r.Postgres}, bin)
}

func (s *Stack) toxiproxyPart() part {
	api := s.topo.Links.API
	host, port, _ := net.SplitHostPort(api) // a bad address ends the part, with a line in its log
	addresses := []string{api}
	for _, link := range s.topo.AllLinks() {
		addresses = append(addresses, link.Listen)
	}
	return part{
		name:      "toxiproxy",
		addresses: addresses,
		stop:      syscall.SIGTERM,
		command:   withEnv("LOG_LEVEL=info", s.binary("toxiproxy-server", "-host", host, "-port", port)),
		ready:     answers("http://" + api + "/version"),
		settle:    links.Open(s.topo).Lay,
	}
}

func (s *Stack) regionPart(r topology.Region) part {
	return part{
		name:      "region-" + r.Name,
		addresses: []string{r.HTTP, r.NATS, r.Monitor},
		stop:      syscall.SIGTERM,
		command: func(ctx context.Context, report func(string)) (*exec.Cmd, error) {
			dsn, err := s.DSN(r.Name)
			if err != nil {
				return nil, err
			}
			return s.binary("region", "-region", r.Name, "-topology", s.topologyFile(), "-data", s.state(r.Name),
				"-clock-skew-file", s.skewFile(r.Name),
				"-postgres", dsn)(ctx, report)
		},
		ready:  answers("http://" + r.HTTP + "/readyz"),
		settle: nothing,
	}
}

// routerPart is ready when a request gets through to a region that serves.
func (s *Stack) routerPart(r topology.Region) part {
	return part{
		name:      "router-" + r.Name,
		addresses: []string{r.Router},
		stop:      syscall.SIGTERM,
		command:   s.binary("router", "-region", r.Name, "-topology", s.topologyFile(), "-console-faults", s.state("bin", "chaos")),
		ready:     answers("http://" + r.Router + "/readyz"),
		settle:    nothing,
	}
}

func (s *Stack) topologyFile() string { return filepath.Join(s.root, "topology.yaml") }

// binary runs a program that `task build` made.
func (s *Stack) binary(name string, args ...string) prepare {
	return func(context.Context, func(string)) (*exec.Cmd, error) {
		path := s.state("bin", name)
		if _, err := os.Stat(path); errors.Is(err, os.ErrNotExist) {
			return nil, fmt.Errorf("%s is not built: run `go tool task build`", name)
		}
		cmd := exec.Command(path, args...)
		cmd.Dir, cmd.Env = s.root, shared(os.Environ())
		return cmd, nil
	}
}

// shared suits env to programs that share a machine with nine others: one that takes
// every processor for its own wakes threads on all of them for little, and one with a
// small heap collects it all the time. What the caller has set stands.
func shared(env []string) []string {
	defaults := []string{"GOGC=300", fmt.Sprint("GOMAXPROCS=", max(1, runtime.NumCPU()/2))}
	return append(defaults, env...) // of two values the later counts
}

func withEnv(variable string, command prepare) prepare {
	return func(ctx context.Context, report func(string)) (*exec.Cmd, error) {
		cmd, err := command(ctx, report)
		if err == nil {
			cmd.Env = append(cmd.Env, variable)
		}
		return cmd, err
	}
}

func nothing(context.Context) error { return nil }
