package dashboards_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/google/go-cmp/cmp"

	"pangea/dashboards"
	"pangea/region/topology"
)

// prometheus.yml names the addresses of topology.yaml, and what is written for that world
// is the same.
func TestScrape_IsOfTheTopology(t *testing.T) {
	world, err := topology.Load("../topology.yaml")
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(t.TempDir(), "new")
	written, err := dashboards.Write(dir, world)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(content(t, "prometheus/prometheus.yml"), content(t, written)); diff != "" {
		t.Errorf("prometheus.yml is not of topology.yaml (-here +there):\n%s", diff)
	}
	if diff := cmp.Diff(content(t, "prometheus/alerts.yml"), content(t, filepath.Join(dir, "alerts.yml"))); diff != "" {
		t.Error(diff)
	}
}

func content(t *testing.T, file string) (value any) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := yaml.Unmarshal(text, &value); err != nil {
		t.Fatal(err)
	}
	return value
}

// The boards ask the data source that provisioning makes.
func TestProvisioning_MakesTheDataSource(t *testing.T) {
	var file struct {
		Datasources []dashboards.Datasource `yaml:"datasources"`
	}
	text, err := os.ReadFile("provisioning/datasources/pangea.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if err := yaml.Unmarshal(text, &file); err != nil {
		t.Fatal(err)
	}
	if len(file.Datasources) != 1 || file.Datasources[0] != source {
		t.Errorf("got %+v, want %+v", file.Datasources, source)
	}
}
