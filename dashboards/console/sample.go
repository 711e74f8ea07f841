package console

import (
	"fmt"
	"io"
	"math"
	"time"

	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
)

// sample is what a region had counted at one moment.
type sample struct {
	at            time.Time
	reads, writes histogram // of local requests: not of handles, which may be decided elsewhere
	committed     float64   // writes of its clients
	failed        float64   // answers 5xx
	lost          float64   // own writes that lost a conflict
}

// The metrics of a region that a sample is made of.
const (
	requestSeconds  = "pangea_request_seconds"
	requestsTotal   = "pangea_requests_total"
	committedEvents = "pangea_committed_events_total"
	verdicts        = "pangea_verdicts_total"
)

// readSample reads a region's /metrics, scraped at.
func readSample(at time.Time, text io.Reader) (sample, error) {
	parser := expfmt.NewTextParser(model.UTF8Validation)
	families, err := parser.TextToMetricFamilies(text)
	if err != nil {
		return sample{}, fmt.Errorf("read metrics: %w", err)
	}
	s := sample{at: at}
	for _, m := range families[requestSeconds].GetMetric() {
		switch kind := label(m, "kind"); {
		case label(m, "class") == "handle":
		case kind == "read":
			s.reads.add(m.GetHistogram())
		case kind == "write":
			s.writes.add(m.GetHistogram())
		}
	}
	every := func(*dto.Metric) bool { return true }
	s.committed = sum(families[committedEvents], every)
	s.failed = sum(families[requestsTotal], func(m *dto.Metric) bool { return label(m, "status") == "5xx" })
	s.lost = sum(families[verdicts], func(m *dto.Metric) bool {
		v := label(m, "verdict")
		return v == "concurrent" || v == "clock-skew"
	})
	return s, nil
}

func label(m *dto.Metric, name string) string {
	for _, l := range m.GetLabel() {
		if l.GetName() == name {
			return l.GetValue()
		}
	}
	return ""
}

func sum(f *dto.MetricFamily, counts func(*dto.Metric) bool) (n float64) {
	for _, m := range f.GetMetric() {
		if counts(m) {
			n += m.GetCounter().GetValue()
		}
	}
	return n
}

// samples are those of the last window, the oldest first.
type samples []sample

// add drops what the window no longer needs, and what came before a restart.
func (s *samples) add(now sample, window time.Duration) {
	if n := len(*s); n > 0 && (*s)[n-1].committed > now.committed {
		*s = nil
	}
	*s = append(*s, now)
	for len(*s) > 2 && now.at.Sub((*s)[1].at) >= window {
		*s = (*s)[1:]
	}
}

// traffic fills in what happened between the first sample and the last.
func (s samples) traffic(r *Region) {
	if len(s) < 2 {
		return
	}
	first, last := s[0], s[len(s)-1]
	elapsed := last.at.Sub(first.at).Seconds()
	rate := func(a, b float64) float64 { return math.Max(0, b-a) / elapsed }
	reads, writes := last.reads.since(first.reads), last.writes.since(first.writes)
	r.Reads = Traffic{Rate: float64(reads.total()) / elapsed, P50: reads.quantile(.5), P99: reads.quantile(.99)}
	r.Writes = Traffic{Rate: rate(first.committed, last.committed), P50: writes.quantile(.5), P99: writes.quantile(.99)}
	r.Failed, r.Conflicts = rate(first.failed, last.failed), rate(first.lost, last.lost)
}
