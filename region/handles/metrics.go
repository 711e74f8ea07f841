package handles

import (
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"
)

type metrics struct {
	forwards *prometheus.CounterVec
}

// Outcomes of a forwarded request.
const (
	relayed = "relayed" // the owner answered
	away    = "away"    // certainly without effect: not sent, or the owner cannot decide now
	broken  = "broken"  // sent, perhaps, and not answered by the owner
)

func newMetrics(cfg Config) *metrics {
	m := &metrics{forwards: promauto.With(cfg.Registerer).NewCounterVec(prometheus.CounterOpts{
		Name: "pangea_handle_forwards_total",
		Help: "Requests for handles that another region owns, by how they ended.",
	}, []string{"owner", "outcome"})}
	for _, peer := range cfg.Topology.Peers(cfg.Region) {
		for _, outcome := range []string{relayed, away, broken} {
			m.forwards.WithLabelValues(peer, outcome)
		}
	}
	return m
}
