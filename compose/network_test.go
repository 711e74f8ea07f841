package compose_test

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"testing"

	"github.com/compose-spec/compose-go/v2/types"
	"github.com/goccy/go-yaml"
	"github.com/google/go-cmp/cmp"
)

// TestFiles_PortsAreThoseOfTheTopology: what topology.yaml says of 127.0.0.1 is true of the
// containers too. Only the links are inside: nobody on this machine is a region.
func TestFiles_PortsAreThoseOfTheTopology(t *testing.T) {
	want := map[string]string{"127.0.0.1:8080": "console:8080", "127.0.0.1:9090": "prometheus:9090", "127.0.0.1:3000": "grafana:3000"}
	file := world(t)
	named := file.OnNamedHosts()
	want[file.Links.API] = named.Links.API
	for i, r := range file.Regions {
		inside := named.Regions[i]
		want[r.Router], want[r.HTTP], want[r.NATS] = inside.Router, inside.HTTP, inside.NATS
		want[r.Monitor], want[r.Postgres] = inside.Monitor, inside.Postgres
	}
	got := map[string]string{}
	for _, s := range load(t).Services {
		for _, p := range s.Ports {
			got[p.HostIP+":"+p.Published] = s.Name + ":" + fmt.Sprint(p.Target)
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("ports of this machine, and where they lead (-topology +files):\n%s", diff)
	}
}

// TestFiles_ARegionIsAloneInItsNetwork: whatever goes from one region to another passes
// toxiproxy, which has the name of a region's links in that region's network only.
func TestFiles_ARegionIsAloneInItsNetwork(t *testing.T) {
	project := load(t)
	for _, r := range world(t).Names() {
		var inside []string
		for _, s := range project.Services {
			if _, ok := s.Networks[r]; ok {
				inside = append(inside, s.Name)
			}
		}
		slices.Sort(inside)
		want := []string{"console", "postgres-" + r, "prometheus", "region-" + r, "router-" + r, "toxiproxy"}
		if !slices.Equal(inside, want) {
			t.Errorf("in the network of %s are %v, want %v", r, inside, want)
		}
		for _, part := range []string{"postgres-" + r, "region-" + r, "router-" + r} {
			if got, want := networks(t, project, part), []string{r}; !slices.Equal(got, want) {
				t.Errorf("%s is in the networks %v, want %v", part, got, want)
			}
		}
		if got, want := project.Services["toxiproxy"].Networks[r].Aliases, []string{"links-" + r}; !slices.Equal(got, want) {
			t.Errorf("in the network of %s toxiproxy has the names %v, want %v", r, got, want)
		}
	}
}

func networks(t *testing.T, project *types.Project, service string) []string {
	t.Helper()
	s, err := project.GetService(service)
	if err != nil {
		t.Fatal(err)
	}
	return slices.Sorted(maps.Keys(s.Networks))
}

func TestFiles_PrometheusScrapesTheWorld(t *testing.T) {
	text, err := os.ReadFile("prometheus.yml")
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Jobs []struct {
			Name    string `yaml:"job_name"`
			Targets []struct {
				Addresses []string          `yaml:"targets"`
				Labels    map[string]string `yaml:"labels"`
			} `yaml:"static_configs"`
		} `yaml:"scrape_configs"`
	}
	if err := yaml.Unmarshal(text, &file); err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, job := range file.Jobs {
		for _, target := range job.Targets {
			for _, address := range target.Addresses {
				got[address] = job.Name + " " + target.Labels["region"]
			}
		}
	}
	want := map[string]string{}
	for _, r := range world(t).OnNamedHosts().Regions {
		want[r.HTTP], want[r.Router] = "region "+r.Name, "router "+r.Name
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("addresses, with their job and region (-topology +prometheus.yml):\n%s", diff)
	}
}
