package dashboards

import (
	"fmt"

	"github.com/goccy/go-yaml"
)

// Alert is one rule of prometheus/alerts.yml.
type Alert struct {
	Name        string            `yaml:"alert"`
	Expr        string            `yaml:"expr"`
	For         string            `yaml:"for"`
	Labels      map[string]string `yaml:"labels"`
	Annotations map[string]string `yaml:"annotations"`
}

// Alerts reads them, in the order of the file.
func Alerts() ([]Alert, error) {
	var f struct {
		Groups []struct {
			Name  string  `yaml:"name"`
			Rules []Alert `yaml:"rules"`
		} `yaml:"groups"`
	}
	if err := yaml.UnmarshalWithOptions(alerts, &f, yaml.Strict()); err != nil {
		return nil, fmt.Errorf("read alerts.yml: %w", err)
	}
	var all []Alert
	for _, g := range f.Groups {
		all = append(all, g.Rules...)
	}
	return all, nil
}
