package regiontest

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/nats-io/nats.go/jetstream"

	"pangea/lab/porttest"
)

// NATSCluster is three NATS servers with JetStream, each a process of its own.
type NATSCluster struct{ servers []*natsServer }

const natsConfig = `server_name: %[1]s
listen: %[2]s
http: %[3]s
jetstream { store_dir: %[4]q, max_memory_store: 64MB, max_file_store: 2GB }
cluster { name: test, listen: %[5]s, routes: [%[6]s] }
`

// newNATSCluster starts one, and waits until its servers know each other.
func newNATSCluster(t testing.TB) *NATSCluster {
	t.Helper()
	c, dir := &NATSCluster{}, t.TempDir()
	members := []string{porttest.Address(t), porttest.Address(t), porttest.Address(t)}
	routes := "nats://" + strings.Join(members, ", nats://")
	for i, member := range members {
		name := fmt.Sprintf("n%d", i+1)
		s := &natsServer{
			name: name, address: porttest.Address(t), monitor: porttest.Address(t),
			config: filepath.Join(dir, name+".conf"), log: filepath.Join(dir, name+".log"),
		}
		text := fmt.Sprintf(natsConfig, name, s.address, s.monitor, filepath.Join(dir, name), member, routes)
		if err := os.WriteFile(s.config, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		c.servers = append(c.servers, s)
		t.Cleanup(s.kill)
		c.Start(t, name)
	}
	for _, s := range c.servers {
		c.waitHealthy(t, s)
	}
	return c
}

// URL names all servers.
func (c *NATSCluster) URL() string {
	var addresses []string
	for _, s := range c.servers {
		addresses = append(addresses, s.address)
	}
	return "nats://" + strings.Join(addresses, ",")
}

// Names lists the servers.
func (c *NATSCluster) Names() (names []string) {
	for _, s := range c.servers {
		names = append(names, s.name)
	}
	return names
}

// Kill ends servers by SIGKILL.
func (c *NATSCluster) Kill(t testing.TB, names ...string) {
	t.Helper()
	for _, name := range names {
		c.server(t, name).kill()
	}
}

// Start starts servers, on the files that they have.
func (c *NATSCluster) Start(t testing.TB, names ...string) {
	t.Helper()
	for _, name := range names {
		if err := c.server(t, name).start(); err != nil {
			t.Fatalf("start %s: %v", name, err)
		}
	}
}

func (c *NATSCluster) server(t testing.TB, name string) *natsServer {
	t.Helper()
	i := slices.IndexFunc(c.servers, func(s *natsServer) bool { return s.name == name })
	if i < 0 {
		t.Fatalf("there is no server %s", name)
	}
	return c.servers[i]
}

func (c *NATSCluster) waitHealthy(t testing.TB, s *natsServer) {
	t.Helper()
	Eventually(t, Patience, func() string {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+s.monitor+"/healthz", nil)
		if err != nil {
			t.Fatal(err)
		}
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			return err.Error()
		}
		defer resp.Body.Close()
		if resp.StatusCode != http.StatusOK {
			return s.name + " is not healthy: " + resp.Status
		}
		return ""
	})
}

// StreamLeader is the server that leads a region's stream, and Followers the others that
// keep it; "" if nobody leads.
func (w *World) StreamLeader(t testing.TB, name string) (leader string, followers []string) {
	t.Helper()
	w.onStream(t, name, func(ctx context.Context, js jetstream.JetStream) error {
		s, err := js.Stream(ctx, "LOG_"+name)
		if err != nil {
			return nil // nobody answers for it
		}
		cluster := s.CachedInfo().Cluster
		leader = cluster.Leader
		for _, r := range cluster.Replicas {
			followers = append(followers, r.Name)
		}
		return nil
	})
	return leader, followers
}

// StreamRange are the sequences that a region's stream has, all of them.
func (w *World) StreamRange(t testing.TB, name string) (first, last uint64) {
	t.Helper()
	w.onStream(t, name, func(ctx context.Context, js jetstream.JetStream) error {
		s, err := js.Stream(ctx, "LOG_"+name)
		if err != nil {
			return err
		}
		state := s.CachedInfo().State
		if state.NumDeleted > 0 || state.Msgs != state.LastSeq-state.FirstSeq+1 {
			return fmt.Errorf("%d messages from %d to %d, %d are missing", state.Msgs, state.FirstSeq, state.LastSeq, state.NumDeleted)
		}
		first, last = state.FirstSeq, state.LastSeq
		return nil
	})
	return first, last
}
