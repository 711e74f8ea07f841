package seed

import (
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"
)

type metrics struct{ joined, failed prometheus.Counter }

func newMetrics(reg prometheus.Registerer, s *Seeder) *metrics {
	with := promauto.With(reg)
	joins := with.NewCounterVec(prometheus.CounterOpts{
		Name: "pangea_seed_joins_total",
		Help: "Attempts to join a peer's snapshot, by how they ended: joined or failed.",
	}, []string{"result"})
	with.NewCounterFunc(prometheus.CounterOpts{
		Name: "pangea_seed_rows_total",
		Help: "Rows read of peers' snapshots, joined in the end or not.",
	}, s.look(func() float64 { return float64(s.total().rows) }))
	with.NewCounterFunc(prometheus.CounterOpts{
		Name: "pangea_seed_bytes_total",
		Help: "Bytes read of peers' snapshots, joined in the end or not.",
	}, s.look(func() float64 { return float64(s.total().bytes) }))
	with.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "pangea_seed_needed",
		Help: "1 while the region needs a peer's snapshot; unless it served before, it does not serve.",
	}, s.look(func() float64 { return truth(s.why != "") }))
	with.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "pangea_seed_active",
		Help: "1 while a peer's snapshot is being joined.",
	}, s.look(func() float64 { return truth(s.current != nil) }))
	return &metrics{joined: joins.WithLabelValues("joined"), failed: joins.WithLabelValues("failed")}
}

// look is value under the mutex.
func (s *Seeder) look(value func() float64) func() float64 {
	return func() float64 {
		s.mu.Lock()
		defer s.mu.Unlock()
		return value()
	}
}

func truth(b bool) float64 {
	if b {
		return 1
	}
	return 0
}
