package links_test

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"pangea/chaos/links"
	"pangea/region/topology"
)

// TestKeep_LaysAgainWhatToxiproxyForgot: with its latency, and without ending a cut.
func TestKeep_LaysAgainWhatToxiproxyForgot(t *testing.T) {
	n, topo := serve(t)
	ctx, stop := context.WithCancel(t.Context())
	kept := make(chan error, 1)
	var said strings.Builder
	go func() { kept <- n.Keep(ctx, &said) }()
	if err := n.Partition(t.Context(), "us", "eu", links.BothWays, links.Refuse); err != nil {
		t.Fatal(err)
	}
	cut := inHealth(t, n, links.Refused)
	forget(t, topo, "us_ap_http")
	forget(t, topo, "ap_us_nats")
	for deadline := time.Now().Add(20 * time.Second); len(inHealth(t, n, links.Healthy)) < len(topo.AllLinks())-len(cut); {
		if time.Now().After(deadline) {
			t.Fatalf("healthy are only %v", inHealth(t, n, links.Healthy))
		}
	}
	if got := inHealth(t, n, links.Refused); len(got) != 4 || !slices.Equal(got, cut) {
		t.Errorf("refused are %v, want those that were cut: %v", got, cut)
	}
	if got, want := find(t, n, "us_ap_http").RTT.Round(2*time.Millisecond), topo.Distance("us", "ap").Round(2*time.Millisecond); got != want {
		t.Errorf("the link laid again has a round trip of %v, want %v", got, want)
	}
	stop()
	if err := <-kept; err != nil {
		t.Errorf("it ends with %v, want nil when it is told to stop", err)
	}
	if got := said.String(); !strings.Contains(got, "every link is laid") {
		t.Errorf("it says %q", got)
	}
}

// forget deletes a link as a toxiproxy that restarts does.
func forget(t *testing.T, topo *topology.Topology, link string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodDelete, "http://"+topo.Links.API+"/proxies/"+link, nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != http.StatusNoContent {
		t.Fatalf("toxiproxy answers %s", resp.Status)
	}
	http.DefaultClient.CloseIdleConnections()
}
