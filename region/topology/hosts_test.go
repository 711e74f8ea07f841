package topology_test

import (
	"testing"

	"pangea/region/topology"
)

func TestOnNamedHosts_MovesEveryPartToItsOwnHost(t *testing.T) {
	file := load(t)
	named := file.OnNamedHosts()
	want := topology.Region{
		Name: "eu", Router: "router-eu:8082", HTTP: "region-eu:8102",
		NATS: "region-eu:4202", Monitor: "region-eu:8202", Postgres: "postgres-eu:5402",
	}
	if got, err := named.Region("eu"); err != nil || got != want {
		t.Errorf("got %+v, %v, want %+v", got, err, want)
	}
	for dialer, want := range map[string]string{"us": "links-us:21112", "ap": "links-ap:21132", "eu": "region-eu:8102"} {
		if got := named.Address(dialer, "eu", topology.HTTP); got != want {
			t.Errorf("%s reaches eu at %s, want %s", dialer, got, want)
		}
	}
	if got, want := named.Links.API, "toxiproxy:8474"; got != want {
		t.Errorf("toxiproxy's API is at %s, want %s", got, want)
	}
	if err := named.Validate(); err != nil {
		t.Errorf("a world of named hosts: %v", err)
	}
	if got, want := file.Address("us", "eu", topology.HTTP), "127.0.0.1:21112"; got != want {
		t.Errorf("the file's own world has changed: us reaches eu at %s, want %s", got, want)
	}
}

func TestOnNamedHosts_WithoutLinks(t *testing.T) {
	file := load(t)
	file.Links = topology.Links{}
	named := file.OnNamedHosts()
	if err := named.Validate(); err != nil {
		t.Errorf("a world of named hosts without links: %v", err)
	}
	if got, want := named.Address("us", "eu", topology.NATS), "region-eu:4202"; got != want {
		t.Errorf("us reaches eu at %s, want %s", got, want)
	}
}
