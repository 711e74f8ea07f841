package scrape

import (
	"fmt"
	"io"

	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
)

// Metrics are the families of one answer of /metrics, by name.
type Metrics map[string]*dto.MetricFamily

// Read reads the text format of Prometheus.
func Read(text io.Reader) (Metrics, error) {
	parser := expfmt.NewTextParser(model.UTF8Validation)
	families, err := parser.TextToMetricFamilies(text)
	if err != nil {
		return nil, fmt.Errorf("read /metrics: %w", err)
	}
	return families, nil
}

// Sum adds up the counters of a family that are wanted; nil wants all.
func (m Metrics) Sum(name string, wanted func(*dto.Metric) bool) (total float64) {
	for _, metric := range m[name].GetMetric() {
		if wanted == nil || wanted(metric) {
			total += metric.GetCounter().GetValue()
		}
	}
	return total
}

// Label is the value of a metric's label, "" if it has none of that name.
func Label(m *dto.Metric, name string) string {
	for _, l := range m.GetLabel() {
		if l.GetName() == name {
			return l.GetValue()
		}
	}
	return ""
}
