package topology_test

import (
	"slices"
	"testing"

	"pangea/region/topology"
)

func TestTopology_AllLinks(t *testing.T) {
	links := load(t).AllLinks()
	var names []string
	for _, l := range links {
		names = append(names, l.Name())
		if l.Listen == "" || l.Upstream == "" || l.Listen == l.Upstream {
			t.Errorf("%s goes from %q to %q", l.Name(), l.Listen, l.Upstream)
		}
	}
	want := []string{
		"ap_eu_http", "ap_eu_nats", "ap_us_http", "ap_us_nats",
		"eu_ap_http", "eu_ap_nats", "eu_us_http", "eu_us_nats",
		"us_ap_http", "us_ap_nats", "us_eu_http", "us_eu_nats",
	}
	if !slices.Equal(names, want) {
		t.Errorf("got %v, want %v", names, want)
	}
	at := slices.Index(names, "eu_us_nats")
	if got, want := links[at], (topology.Link{
		Dialer: "eu", Target: "us", Protocol: topology.NATS,
		Listen: "127.0.0.1:21021", Upstream: "127.0.0.1:4201",
	}); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

func TestTopology_Address(t *testing.T) {
	top := load(t)
	direct := *top
	direct.Links = topology.Links{}
	for _, tt := range []struct {
		name           string
		top            *topology.Topology
		dialer, target string
		protocol       topology.Protocol
		want           string
	}{
		{"across a link", top, "us", "eu", topology.HTTP, "127.0.0.1:21112"},
		{"across the link back", top, "eu", "us", topology.HTTP, "127.0.0.1:21121"},
		{"the log, across a link", top, "ap", "eu", topology.NATS, "127.0.0.1:21032"},
		{"to itself", top, "us", "us", topology.HTTP, "127.0.0.1:8101"},
		{"its own log", top, "us", "us", topology.NATS, "127.0.0.1:4201"},
		{"without links", &direct, "us", "eu", topology.HTTP, "127.0.0.1:8102"},
		{"the log, without links", &direct, "us", "eu", topology.NATS, "127.0.0.1:4202"},
		{"to nowhere", top, "us", "mars", topology.HTTP, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := tt.top.Address(tt.dialer, tt.target, tt.protocol); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
	if err := direct.Validate(); err != nil {
		t.Errorf("a world without links: %v", err)
	}
}
