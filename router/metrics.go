package router

import (
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"
)

// The kinds of a move of all clients.
const (
	failover  = "failover"   // the region was lost
	failback  = "failback"   // a nearer one is ready again
	calledOff = "called_off" // the nearer one was not caught up after all
	drain     = "drain"      // it was drained
	closer    = "closer"     // another one answers faster, by the checks
	regained  = "regained"   // for a while no region was ready
	start     = "start"      // the first choice
)

// moveKind names a move from a region that was as seen.
func moveKind(from, to int, was view) string {
	switch {
	case !was.ready:
		return failover
	case was.held:
		return calledOff
	case was.drained:
		return drain
	case to < from:
		return failback
	}
	return closer
}

const statusClasses = 6 // 0 is a client that went away

// metrics are indexed by region where they can be: nothing is looked up per request.
type metrics struct {
	requests  [][statusClasses]prometheus.Counter // the last row is the router itself
	repeats   [len(outcomeNames)]prometheus.Counter
	latency   prometheus.Histogram
	ready     []prometheus.Gauge
	drained   []prometheus.Gauge
	checks    []prometheus.Observer
	detection prometheus.Histogram
	reroute   prometheus.Histogram
	comeback  prometheus.Histogram
	moves     map[string]prometheus.Counter
}

func newMetrics(reg prometheus.Registerer, regions []*region) *metrics {
	factory := promauto.With(reg)
	m := &metrics{
		latency: factory.NewHistogram(prometheus.HistogramOpts{
			Name:    "pangea_router_request_duration_seconds",
			Help:    "Time from a request's header to the end of its answer, with all repeats.",
			Buckets: prometheus.ExponentialBuckets(0.0005, 2, 16),
		}),
		detection: outageTime(factory, "pangea_router_detection_seconds",
			"Time from a region's last good answer to the moment the router stopped sending to it."),
		reroute: outageTime(factory, "pangea_router_reroute_seconds",
			"Time from the moment the router stopped sending to the region of its clients to the first of them that another region answered. It includes waiting for a client."),
		comeback: outageTime(factory, "pangea_router_return_seconds",
			"Time from a lost region's first good check to the one that brought it back: what hysteresis costs."),
		moves: map[string]prometheus.Counter{},
	}
	moves := factory.NewCounterVec(prometheus.CounterOpts{
		Name: "pangea_router_moves_total", Help: "Moves of all clients to another region, or to none.",
	}, []string{"kind"})
	for _, kind := range []string{failover, failback, calledOff, drain, closer, regained, start} {
		m.moves[kind] = moves.WithLabelValues(kind)
	}
	repeats := factory.NewCounterVec(prometheus.CounterOpts{
		Name: "pangea_router_repeats_total", Help: "Requests sent to another region, by how the attempt before ended.",
	}, []string{"reason"})
	for o := refused; o <= broken; o++ {
		m.repeats[o] = repeats.WithLabelValues(o.String())
	}
	m.perRegion(factory, regions)
	return m
}

func outageTime(factory promauto.Factory, name, help string) prometheus.Histogram {
	return factory.NewHistogram(prometheus.HistogramOpts{Name: name, Help: help, Buckets: prometheus.ExponentialBuckets(0.001, 2, 16)})
}

func (m *metrics) perRegion(factory promauto.Factory, regions []*region) {
	requests := factory.NewCounterVec(prometheus.CounterOpts{
		Name: "pangea_router_requests_total", Help: "Answers, by the region that gave them and their status.",
	}, []string{"target", "status"})
	ready := factory.NewGaugeVec(prometheus.GaugeOpts{
		Name: "pangea_router_region_ready", Help: "1 while requests may be sent to the region.",
	}, []string{"target"})
	drained := factory.NewGaugeVec(prometheus.GaugeOpts{
		Name: "pangea_router_region_drained", Help: "1 while the region is drained: others take its clients.",
	}, []string{"target"})
	checks := factory.NewHistogramVec(prometheus.HistogramOpts{
		Name:    "pangea_router_check_duration_seconds",
		Help:    "Time until a check of a region was answered or given up.",
		Buckets: prometheus.ExponentialBuckets(0.0005, 2, 12),
	}, []string{"target"})
	for _, r := range regions {
		m.ready = append(m.ready, ready.WithLabelValues(r.name))
		m.drained = append(m.drained, drained.WithLabelValues(r.name))
		m.checks = append(m.checks, checks.WithLabelValues(r.name))
		m.requests = append(m.requests, statusRow(requests, r.name))
	}
	m.requests = append(m.requests, statusRow(requests, "none"))
}

func statusRow(requests *prometheus.CounterVec, target string) (row [statusClasses]prometheus.Counter) {
	row[0] = requests.WithLabelValues(target, "gone")
	for class := 1; class < statusClasses; class++ {
		row[class] = requests.WithLabelValues(target, strconv.Itoa(class)+"xx")
	}
	return row
}

// served counts an answer of the region target, or of the router itself if -1.
// Status 0 is a client that did not wait for it.
func (m *metrics) served(target, status int, begun time.Time) {
	if target < 0 {
		target = len(m.requests) - 1
	}
	m.requests[target][min(status/100, statusClasses-1)].Inc()
	m.latency.Observe(time.Since(begun).Seconds())
}
