package meter

import (
	"bytes"
	"fmt"
	"net/http"
	"time"

	dto "github.com/prometheus/client_model/go"

	"pangea/crdt"
	"pangea/gen/client"
	"pangea/region/scrape"
)

// told is what a region says about itself, counted since it started.
type told struct {
	events, entries, stream uint64
	behind                  map[string]behind           // by the region whose log it is
	applied                 map[string]scrape.Histogram // likewise
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
	metrics, err := scrape.Read(&body)
	if err != nil {
		return told{}, err
	}
	return read(metrics), nil
}

func read(metrics scrape.Metrics) told {
	t := told{behind: map[string]behind{}, applied: map[string]scrape.Histogram{}}
	t.events = uint64(metrics.Sum("pangea_committed_events_total", nil))
	t.entries = uint64(metrics.Sum("pangea_shipper_entries_total", nil))
	t.stream = uint64(metrics.Sum("pangea_shipper_published_bytes_total", nil))
	for _, m := range metrics["pangea_lag_seconds"].GetMetric() {
		b := t.behind[origin(m)]
		b.seconds = max(b.seconds, m.GetGauge().GetValue())
		t.behind[origin(m)] = b
	}
	for _, m := range metrics["pangea_lag_writes"].GetMetric() {
		b := t.behind[origin(m)]
		b.writes += m.GetGauge().GetValue()
		t.behind[origin(m)] = b
	}
	for _, m := range metrics["pangea_visibility_lag_seconds"].GetMetric() {
		var h scrape.Histogram
		h.Add(m.GetHistogram())
		t.applied[origin(m)] = h
	}
	return t
}

// origin is the region whose log, of any epoch, a metric is about.
func origin(m *dto.Metric) string {
	o, err := crdt.ParseOrigin(scrape.Label(m, "origin"))
	if err != nil {
		return ""
	}
	return o.Region
}
