package meter

import (
	"bytes"
	"fmt"
	"net/http"
	"time"

	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"

	"pangea/crdt"
	"pangea/gen/client"
)

// told is what a region says about itself, counted since it started.
type told struct {
	events, entries, stream uint64
	behind                  map[string]behind    // by the region whose log it is
	applied                 map[string]histogram // likewise
}

// behind is how much of a log is missing.
type behind struct{ seconds, writes float64 }

// askWithin bounds one question: a later answer is of another moment.
const askWithin = 900 * time.Millisecond

func ask(c *client.Client) (told, error) {
	var body bytes.Buffer
	answer, err := c.Do(client.Request{Method: http.MethodGet, Path: "/metrics"}, &body)
	if err != nil {
		return told{}, err
	}
	if answer.Status != http.StatusOK {
		return told{}, fmt.Errorf("/metrics answered %d", answer.Status)
	}
	parser := expfmt.NewTextParser(model.UTF8Validation)
	families, err := parser.TextToMetricFamilies(&body)
	if err != nil {
		return told{}, fmt.Errorf("read /metrics: %w", err)
	}
	return read(families), nil
}

func read(families map[string]*dto.MetricFamily) told {
	t := told{behind: map[string]behind{}, applied: map[string]histogram{}}
	t.events = sum(families["pangea_committed_events_total"])
	t.entries = sum(families["pangea_shipper_entries_total"])
	t.stream = sum(families["pangea_shipper_published_bytes_total"])
	for _, m := range families["pangea_lag_seconds"].GetMetric() {
		b := t.behind[origin(m)]
		b.seconds = max(b.seconds, m.GetGauge().GetValue())
		t.behind[origin(m)] = b
	}
	for _, m := range families["pangea_lag_writes"].GetMetric() {
		b := t.behind[origin(m)]
		b.writes += m.GetGauge().GetValue()
		t.behind[origin(m)] = b
	}
	for _, m := range families["pangea_visibility_lag_seconds"].GetMetric() {
		t.applied[origin(m)] = newHistogram(m.GetHistogram())
	}
	return t
}

func sum(f *dto.MetricFamily) uint64 {
	total := 0.0
	for _, m := range f.GetMetric() {
		total += m.GetCounter().GetValue()
	}
	return uint64(total)
}

// origin is the region whose log, of any epoch, a metric is about.
func origin(m *dto.Metric) string {
	for _, l := range m.GetLabel() {
		if l.GetName() == "origin" {
			if o, err := crdt.ParseOrigin(l.GetValue()); err == nil {
				return o.Region
			}
		}
	}
	return ""
}
