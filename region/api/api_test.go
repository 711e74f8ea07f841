package api_test

import (
	"context"
	"io"
	"log/slog"
	"net/http/httptest"
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

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

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
	h, err := handles.New(handles.Config{Region: "us", Topology: world()}, handles.Parts{Writer: m, Reader: m, Positions: m})
	if err != nil {
		t.Fatal(err)
	}
	reg := prometheus.NewRegistry()
	cfg.Region, cfg.Topology, cfg.Registerer, cfg.Gatherer = "us", world(), reg, reg
	a, err := api.New(cfg, api.Parts{
		Writer: m, Reader: m, Positions: m, Handles: h, Books: m, Log: m.Log, Snapshot: snapshot, Status: m.Status,
	})
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
	server := httptest.NewUnstartedServer(nil)
	server.Config = api.NewServer(a, slog.New(slog.DiscardHandler))
	server.Start()
	t.Cleanup(server.Close)
	return server.URL
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
