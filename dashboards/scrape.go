package dashboards

import (
	_ "embed"
	"fmt"
	"os"
	"path/filepath"

	"github.com/goccy/go-yaml"

	"pangea/region/topology"
)

//go:embed prometheus/prometheus.yml
var scrape []byte

//go:embed prometheus/alerts.yml
var alerts []byte

// Names of the jobs, which boards and alerts tell apart.
const (
	regionJob = "region"
	routerJob = "router"
)

// scrapeFile is the part of Prometheus's configuration that is in use.
type scrapeFile struct {
	Global    map[string]string `yaml:"global"`
	RuleFiles []string          `yaml:"rule_files"`
	Jobs      []job             `yaml:"scrape_configs"`
}

type job struct {
	Name        string   `yaml:"job_name"`
	HonorLabels bool     `yaml:"honor_labels,omitempty"`
	Targets     []target `yaml:"static_configs"`
}

type target struct {
	Addresses []string          `yaml:"targets"`
	Labels    map[string]string `yaml:"labels"`
}

// Write puts Prometheus's configuration for a world, and the alerts, into dir, and returns
// the name of the former.
func Write(dir string, t *topology.Topology) (file string, err error) {
	text, err := of(t)
	if err != nil {
		return "", err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", fmt.Errorf("make the directory of Prometheus: %w", err)
	}
	file = filepath.Join(dir, "prometheus.yml")
	for name, text := range map[string][]byte{file: text, filepath.Join(dir, "alerts.yml"): alerts} {
		if err := os.WriteFile(name, text, 0o644); err != nil {
			return "", err
		}
	}
	return file, nil
}

// of is prometheus.yml with the regions and routers of another world.
func of(t *topology.Topology) ([]byte, error) {
	var f scrapeFile
	if err := yaml.UnmarshalWithOptions(scrape, &f, yaml.Strict()); err != nil {
		return nil, fmt.Errorf("read prometheus.yml: %w", err)
	}
	for i := range f.Jobs {
		job := &f.Jobs[i]
		job.Targets = nil
		for _, r := range t.Regions {
			address := map[string]string{regionJob: r.HTTP, routerJob: r.Router}[job.Name]
			job.Targets = append(job.Targets, target{[]string{address}, map[string]string{"region": r.Name}})
		}
	}
	return yaml.Marshal(f)
}
