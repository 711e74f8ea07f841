package api_test

import (
	"context"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil/promlint"
	"go.uber.org/goleak"

	"pangea/region/api"
	"pangea/region/api/contract"
	"pangea/region/handles"
	"pangea/region/topology"
)

// The server's clock, of which a process has one, runs for ever.
func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m, goleak.IgnoreAnyFunction("github.com/valyala/fasthttp.updateServerDate.func1"))
}

// world is two regions, of which us owns every handle.
func world() *topology.Topology {
	return &topology.Topology{
		Regions: []topology.Region{{Name: "us"}, {Name: "eu"}},
		RTT:     map[string]time.Duration{"us-eu": time.Millisecond},
		Handles: topology.Handles{Shards: 64, Owners: map[string]string{"us": "0-63"}},
	}
}

func newAPI(t testing.TB, m *contract.Memory, onGap func(uint64)) *api.API {
	t.Helper()
	return assemble(t, m, api.Config{OnGap: onGap}, m.Snapshot)
}

func assemble(t testing.TB, m *contract.Memory, cfg api.Config, snapshot func(context.Context, string, io.Writer) error) *api.API {
	t.Helper()
	return build(t, m, cfg, func(p *api.Parts) { p.Snapshot = snapshot })
}

// build makes an API of m, but for what change changes.
func build(t testing.TB, m *contract.Memory, cfg api.Config, change func(*api.Parts)) *api.API {
	t.Helper()
	h, err := handles.New(handles.Config{Region: "us", Topology: world()}, handles.Parts{Writer: m, Reader: m, Positions: m})
	if err != nil {
		t.Fatal(err)
	}
	reg := prometheus.NewRegistry()
	cfg.Region, cfg.Topology, cfg.Registerer, cfg.Gatherer = "us", world(), reg, reg
	parts := api.Parts{
		Writer: m, Reader: m, Positions: m, Handles: h, Books: m, Log: m.Log, Snapshot: m.Snapshot, Status: m.Status,
	}
	change(&parts)
	a, err := api.New(cfg, parts)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func serve(t testing.TB, m *contract.Memory) string {
	t.Helper()
	return listen(t, newAPI(t, m, nil))
}

func listen(t testing.TB, a *api.API) string {
	t.Helper()
	base, stop := start(t, a)
	t.Cleanup(func() {
		http.DefaultTransport.(*http.Transport).CloseIdleConnections()
		if err := stop(); err != nil {
			t.Error(err)
		}
	})
	return base
}

// start runs a until stop, which returns what Run does.
func start(t testing.TB, a *api.API) (base string, stop func() error) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- a.Run(ctx, l) }()
	return "http://" + l.Addr().String(), func() error {
		cancel()
		return <-ended
	}
}

func TestContract(t *testing.T) { contract.Run(t, serve(t, contract.NewMemory("us"))) }

func TestMetrics_Lint(t *testing.T) {
	base := serve(t, contract.NewMemory("us"))
	_, page := ask(t, base, "GET /metrics", "")
	problems, err := promlint.New(strings.NewReader(page)).Lint()
	if err != nil || len(problems) > 0 {
		t.Errorf("got %v, %v, want none", problems, err)
	}
}

// What is refused is counted by why: load that is shed is told from outcomes that are open.
func TestMetrics_CountProblems(t *testing.T) {
	m := contract.NewMemory("us")
	base := serve(t, m)
	m.Suffer(contract.Trouble{NotReady: "it is behind"})
	ask(t, base, "GET /counter/a", "")
	ask(t, base, "POST /counter/a/incr", "")
	_, page := ask(t, base, "GET /metrics", "")
	for _, want := range []string{`pangea_problems_total{problem="not-ready"} 2`, `pangea_problems_total{problem="unknown-outcome"} 0`} {
		if !strings.Contains(page, want+"\n") {
			t.Errorf("no %s", want)
		}
	}
}
