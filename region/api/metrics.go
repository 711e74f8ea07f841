package api

import (
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"
)

type metrics struct {
	latency  *prometheus.HistogramVec
	requests *prometheus.CounterVec
	problems *prometheus.CounterVec
	compared *compared

	sent, broken, refused prometheus.Counter // snapshots
	donated               prometheus.Counter
	donating              prometheus.Gauge
}

func newMetrics(reg prometheus.Registerer) *metrics {
	with := promauto.With(reg)
	snapshots := with.NewCounterVec(prometheus.CounterOpts{
		Name: "pangea_snapshots_total",
		Help: "Snapshots that peers asked for, by what became of them: sent, broken off, or refused.",
	}, []string{"result"})
	m := &metrics{
		latency: with.NewHistogramVec(prometheus.HistogramOpts{
			Name: "pangea_request_seconds",
			Help: "Time to answer requests that touch state, by class of data (or batch).",
			Buckets: []float64{
				.0005, .001, .002, .003, .004, .006, .008, .01, .015, .02, .03, .04, .06, .08,
				.1, .15, .2, .3, .5, 1, 2, 5,
			},
		}, []string{"class", "kind"}),
		requests: with.NewCounterVec(prometheus.CounterOpts{
			Name: "pangea_requests_total",
			Help: "Requests answered, by route and class of status.",
		}, []string{"route", "status"}),
		sent:    snapshots.WithLabelValues("sent"),
		broken:  snapshots.WithLabelValues("broken"),
		refused: snapshots.WithLabelValues("refused"),
		donated: with.NewCounter(prometheus.CounterOpts{
			Name: "pangea_snapshot_bytes_total",
			Help: "Bytes of snapshots sent to peers.",
		}),
		donating: with.NewGauge(prometheus.GaugeOpts{
			Name: "pangea_snapshots_in_flight",
			Help: "Snapshots being sent.",
		}),
		problems: with.NewCounterVec(prometheus.CounterOpts{
			Name: "pangea_problems_total",
			Help: "Answers that are a problem, by its name. Of those with status 503 nothing was done; of those with 504 it may have been.",
		}, []string{"problem"}),
		compared: newCompared(),
	}
	if reg != nil {
		reg.MustRegister(m.compared)
	}
	for _, k := range []kind{internal, busy, unavailable, notReady, notCaughtUp, ownerAway, unknown, notConfirmed} {
		m.problems.WithLabelValues(k.name)
	}
	return m
}

// observer is the series of one operation, looked up once.
type observer struct {
	latency  prometheus.Observer // nil if it touches no state
	answered [5]prometheus.Counter
}

func (o *observer) observe(status int, d time.Duration) {
	if o.latency != nil {
		o.latency.Observe(d.Seconds())
	}
	if i := status/100 - 1; i >= 0 && i < len(o.answered) {
		o.answered[i].Inc()
	}
}

// resource puts operations under a route, each with its series.
func (m *metrics) resource(s shape, operations []*operation) *resource {
	route := s.root
	if s.action != "" {
		route += "." + s.action
	}
	r := &resource{operations: operations, unknown: &operation{seen: m.answered(route)}}
	for _, op := range operations {
		op.seen = m.answered(route)
		if op.touch >= readState {
			op.seen.latency = m.latency.WithLabelValues(s.root, op.kind())
		}
		r.allow += op.method + ", "
		if op.method == http.MethodGet {
			r.allow += "HEAD, "
		}
	}
	r.allow = r.allow[:max(0, len(r.allow)-len(", "))]
	return r
}

func (m *metrics) answered(route string) (o observer) {
	for i := range o.answered {
		o.answered[i] = m.requests.WithLabelValues(route, strconv.Itoa(i+1)+"xx")
	}
	return o
}

func (op *operation) kind() string {
	if op.touch == writeState {
		return "write"
	}
	return "read"
}
