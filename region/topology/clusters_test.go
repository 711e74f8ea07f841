package topology_test

import (
	"slices"
	"strings"
	"testing"

	"pangea/region/topology"
)

// clustered is the world of topology.yaml, in which eu has a cluster.
func clustered(t *testing.T) *topology.Topology {
	t.Helper()
	top := *load(t)
	top.Regions = slices.Clone(top.Regions)
	top.Regions[1].NATS, top.Regions[1].Monitor = "", ""
	top.Links = topology.Links{}
	top.NATS = topology.Clusters{
		URL:         map[string]string{"eu": "nats://n1:4222,n2:4222, nats://n3:4222"},
		Credentials: map[string]string{"eu": "/run/secrets/eu.creds"},
	}
	return &top
}

func TestTopology_Cluster(t *testing.T) {
	top := clustered(t)
	if err := top.Validate(); err != nil {
		t.Fatal(err)
	}
	if _, ok := top.Cluster("us"); ok {
		t.Error("us has a cluster")
	}
	c, ok := top.Cluster("eu")
	if !ok || c.URL() != "nats://n1:4222,nats://n2:4222,nats://n3:4222" || c.Replicas != 3 || c.Credentials != "/run/secrets/eu.creds" {
		t.Errorf("the cluster of eu: %+v, %v", c, ok)
	}
	if got := top.Address("us", "eu", topology.NATS); got != c.URL() {
		t.Errorf("without links us reaches eu at %s", got)
	}
}

// Each server of a cluster has a link of its own: with one for all, the loss of that
// server would be the loss of the log.
func TestTopology_LinksToACluster(t *testing.T) {
	top := clustered(t)
	top.Links = topology.Links{API: "127.0.0.1:8474", Listeners: map[string]string{}}
	for _, l := range top.AllLinks() {
		top.Links.Listeners[l.Name()] = "proxy-" + l.Name() + ":1"
	}
	if err := top.Validate(); err != nil {
		t.Fatal(err)
	}
	if got, want := top.Address("us", "eu", topology.NATS),
		"nats://proxy-us_eu_nats:1,nats://proxy-us_eu_nats_2:1,nats://proxy-us_eu_nats_3:1"; got != want {
		t.Errorf("us reaches eu at %s, want %s", got, want)
	}
	if got, want := top.Address("eu", "us", topology.NATS), "proxy-eu_us_nats:1"; got != want {
		t.Errorf("eu reaches us at %s, want %s", got, want)
	}
	delete(top.Links.Listeners, "us_eu_nats_3")
	if err := top.Validate(); err == nil || !strings.Contains(err.Error(), "15 listeners, want 16") {
		t.Errorf("a server without a link: %v", err)
	}
}

func TestTopology_RefusesClusters(t *testing.T) {
	for _, tt := range []struct {
		name  string
		spoil func(*topology.Topology)
		want  string
	}{
		{"beside an embedded server", func(w *topology.Topology) { w.Regions[1].NATS = "127.0.0.1:4202" }, "eu embeds a server too"},
		{"of nobody", func(w *topology.Topology) { w.NATS.URL["mars"] = "nats://m:1" }, `unknown region "mars"`},
		{"without a scheme", func(w *topology.Topology) { w.NATS.URL["eu"] = "n1:4222" }, "nats.url.eu: want nats://"},
		{"without a port", func(w *topology.Topology) { w.NATS.URL["eu"] = "nats://n1:4222,n2" }, `server "n2" is not host:port`},
		{"with a password", func(w *topology.Topology) { w.NATS.URL["eu"] = "nats://me:secret@n1:4222" }, "nats.credentials"},
		{"with credentials for none", func(w *topology.Topology) { w.NATS.Credentials["us"] = "x" }, `no nats.url of "us"`},
		{"with two replicas", func(w *topology.Topology) { w.NATS.Replicas = 2 }, "nats.replicas is 2"},
		{"or none", func(w *topology.Topology) { w.NATS.URL = nil }, `eu.nats: address ""`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			top := clustered(t)
			tt.spoil(top)
			err := top.Validate()
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %q", err, tt.want)
			}
			if err != nil && strings.Contains(err.Error(), "secret") {
				t.Errorf("the password is shown: %v", err)
			}
		})
	}
}
