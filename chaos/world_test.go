package chaos_test

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"pangea/chaos"
	"pangea/chaos/links"
	"pangea/lab/porttest"
	"pangea/region/topology"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// world is three regions, dead until a part is started, and the links between them.
func world(t *testing.T) *chaos.World {
	t.Helper()
	topo := &topology.Topology{
		RTT:    map[string]time.Duration{"us-eu": 80 * time.Millisecond, "us-ap": 150 * time.Millisecond, "eu-ap": 120 * time.Millisecond},
		Jitter: 10 * time.Millisecond,
		Links:  topology.Links{API: "127.0.0.1:0", Listeners: map[string]string{}},
	}
	for _, name := range []string{"us", "eu", "ap"} {
		topo.Regions = append(topo.Regions, topology.Region{
			Name: name, HTTP: porttest.Address(t), NATS: porttest.Address(t), Router: porttest.Address(t),
		})
	}
	for _, l := range topo.AllLinks() {
		topo.Links.Listeners[l.Name()] = "127.0.0.1:0"
	}
	server, err := links.Serve(t.Context(), topo)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := server.Close(); err != nil {
			t.Error(err)
		}
	})
	topo = server.Topology()
	parts := &parts{
		t: t, topo: topo, running: map[string]*http.Server{}, postgres: map[string]bool{}, data: map[string]bool{},
		paused: map[string]bool{}, skew: map[string]time.Duration{},
	}
	return &chaos.World{Topology: topo, Network: links.Open(topo), Processes: parts, Progress: t.Output()}
}

// parts are region processes as far as chaos sees one: something that listens,
// is ready in the end, and can be killed. A Postgres is what a region cannot start
// without; it has data from its first start until it is destroyed.
type parts struct {
	t        *testing.T
	topo     *topology.Topology
	running  map[string]*http.Server
	postgres map[string]bool // by region: runs
	data     map[string]bool // by region
	paused   map[string]bool // by part

	clocks sync.Mutex
	skew   map[string]time.Duration // by region
	vector string                   // of the region that is started next
	ready  <-chan struct{}          // when it is ready; nil is at once
}

func (p *parts) Start(ctx context.Context, part string) error {
	delete(p.paused, part)
	if name, ok := strings.CutPrefix(part, "postgres-"); ok {
		p.postgres[name], p.data[name] = true, true
		return nil
	}
	if p.running[part] != nil {
		return nil
	}
	region, err := p.topo.Region(part[len("region-"):])
	if err != nil {
		return err
	}
	if !p.postgres[region.Name] {
		return fmt.Errorf("%s has no Postgres", part)
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", region.HTTP)
	if err != nil {
		return err
	}
	server := &http.Server{Handler: p.routes(region.Name, p.vector)}
	go func() { _ = server.Serve(listener) }()
	p.running[part] = server
	p.t.Cleanup(func() { server.Close() })
	if p.ready == nil {
		return nil
	}
	select {
	case <-p.ready:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (p *parts) PartNames() []string {
	return []string{"postgres-us", "postgres-eu", "postgres-ap", "toxiproxy", "region-us", "region-eu", "region-ap", "router-us", "router-eu", "router-ap"}
}

func (p *parts) Kill(part string) error {
	if name, ok := strings.CutPrefix(part, "postgres-"); ok {
		p.postgres[name] = false
		return nil
	}
	if p.running[part] == nil {
		return nil
	}
	defer delete(p.running, part)
	return p.running[part].Close()
}

func (p *parts) Pause(_ context.Context, part string) error {
	if !p.Alive(part) {
		return fmt.Errorf("%s does not run", part)
	}
	p.paused[part] = true
	return nil
}

func (p *parts) Alive(part string) bool {
	if name, ok := strings.CutPrefix(part, "postgres-"); ok {
		return p.postgres[name]
	}
	return p.running[part] != nil
}

func (p *parts) Paused(part string) bool { return p.paused[part] }

func (p *parts) Skew(region string, by time.Duration) error {
	p.clocks.Lock()
	defer p.clocks.Unlock()
	p.skew[region] = by
	return nil
}

func (p *parts) Unskew(region string) error { return p.Skew(region, 0) }

func (p *parts) skewOf(region string) time.Duration {
	p.clocks.Lock()
	defer p.clocks.Unlock()
	return p.skew[region]
}

func (p *parts) Destroy(_ context.Context, region string) error {
	p.postgres[region], p.data[region] = false, false
	return p.Kill("region-" + region)
}

func (p *parts) HasData(region string) bool { return p.data[region] }

func (p *parts) routes(region, vector string) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /status", func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprintf(w, `{"ready":true,"reason":"3 entries of us are missing","version_vector":%q,"clock":{"skew_seconds":%v}}`,
			vector, p.skewOf(region).Seconds())
	})
	return mux
}

// words is a command line as the shell hands it over.
func words(w ...string) []string { return w }
