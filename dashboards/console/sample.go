package console

import (
	"io"
	"math"
	"time"

	dto "github.com/prometheus/client_model/go"

	"pangea/region/scrape"
)

// sample is what a region had counted at one moment.
type sample struct {
	at            time.Time
	reads, writes scrape.Histogram // of local requests: not of handles, which may be decided elsewhere
	committed     float64          // writes of its clients
	failed        float64          // answers 5xx
	lost          float64          // own writes that lost a conflict
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
	metrics, err := scrape.Read(text)
	if err != nil {
		return sample{}, err
	}
	s := sample{at: at}
	for _, m := range metrics[requestSeconds].GetMetric() {
		switch kind := scrape.Label(m, "kind"); {
		case scrape.Label(m, "class") == "handle":
		case kind == "read":
			s.reads.Add(m.GetHistogram())
		case kind == "write":
			s.writes.Add(m.GetHistogram())
		}
	}
	s.committed = metrics.Sum(committedEvents, nil)
	s.failed = metrics.Sum(requestsTotal, func(m *dto.Metric) bool { return scrape.Label(m, "status") == "5xx" })
	s.lost = metrics.Sum(verdicts, func(m *dto.Metric) bool {
		v := scrape.Label(m, "verdict")
		return v == "concurrent" || v == "clock-skew"
	})
	return s, nil
}

// samples are those of the last window, the oldest first.
type samples []sample

// add drops what the window no longer needs, and what came before a restart or a gap.
func (s *samples) add(now sample, window time.Duration) {
	if n := len(*s); n > 0 {
		last := (*s)[n-1]
		if last.committed > now.committed || now.at.Sub(last.at) > window {
			*s = nil
		}
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
	rate := func(a, b float64) *float64 { return new(math.Max(0, b-a) / elapsed) }
	reads, writes := last.reads.Since(first.reads), last.writes.Since(first.writes)
	r.Reads = Traffic{Rate: rate(0, float64(reads.Count())), P50: known(reads.Quantile(.5)), P99: known(reads.Quantile(.99))}
	r.Writes = Traffic{Rate: rate(first.committed, last.committed), P50: known(writes.Quantile(.5)), P99: known(writes.Quantile(.99))}
	r.Failed, r.Conflicts = rate(first.failed, last.failed), rate(first.lost, last.lost)
}

// known is nil for NaN, which JSON does not have.
func known(v float64) *float64 {
	if math.IsNaN(v) {
		return nil
	}
	return &v
}
