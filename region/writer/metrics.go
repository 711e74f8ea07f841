package writer

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"

	"pangea/crdt"
	"pangea/region"
	"pangea/region/state"
)

type metrics struct {
	local, merge cycleMetrics
	duplicates   prometheus.Counter
	ahead        prometheus.Counter
	stopped      *prometheus.GaugeVec
	diskFull     prometheus.Gauge
	entries      *prometheus.CounterVec
	events       *prometheus.CounterVec
	visibility   *prometheus.HistogramVec
	verdicts     *prometheus.CounterVec
	committed    *prometheus.CounterVec
}

type cycleMetrics struct{ seconds, size prometheus.Observer }

func newMetrics(reg prometheus.Registerer) *metrics {
	f := promauto.With(reg)
	seconds := f.NewHistogramVec(prometheus.HistogramOpts{
		Name: "pangea_writer_cycle_seconds", Help: "Time of one transaction of the writer: read, merge and commit.",
		Buckets: prometheus.ExponentialBuckets(0.0005, 2, 14),
	}, []string{"kind"})
	size := f.NewHistogramVec(prometheus.HistogramOpts{
		Name: "pangea_writer_cycle_size", Help: "Writes in a group commit, or entries applied in a merge.",
		Buckets: prometheus.ExponentialBuckets(1, 2, 12),
	}, []string{"kind"})
	m := &metrics{
		local: cycleMetrics{seconds.WithLabelValues("local"), size.WithLabelValues("local")},
		merge: cycleMetrics{seconds.WithLabelValues("merge"), size.WithLabelValues("merge")},
		duplicates: f.NewCounter(prometheus.CounterOpts{
			Name: "pangea_writer_duplicates_total", Help: "Entries delivered again and dropped.",
		}),
		ahead: f.NewCounter(prometheus.CounterOpts{
			Name: "pangea_writer_stamps_ahead_total", Help: "Remote stamps too far ahead to move this region's clock.",
		}),
		stopped: f.NewGaugeVec(prometheus.GaugeOpts{
			Name: "pangea_writer_stopped", Help: "1 while an origin's log stands still because an entry of it in the inbox cannot be read.",
		}, []string{"origin"}),
		diskFull: f.NewGauge(prometheus.GaugeOpts{
			Name: "pangea_writer_disk_full", Help: "1 while the database has no room on its disk, and writes are refused.",
		}),
		entries: f.NewCounterVec(prometheus.CounterOpts{
			Name: "pangea_applied_entries_total", Help: "Entries of other regions applied, by origin region.",
		}, []string{"origin"}),
		events: f.NewCounterVec(prometheus.CounterOpts{
			Name: "pangea_applied_events_total", Help: "Events of other regions applied, by origin region.",
		}, []string{"origin"}),
		visibility: f.NewHistogramVec(prometheus.HistogramOpts{
			Name: "pangea_visibility_lag_seconds", Help: "From the commit at the origin to the commit here, corrected for the clocks' difference, by origin region.",
			Buckets: prometheus.ExponentialBuckets(0.02, 1.2, 46), // 20 ms to 73 s, a fifth apart: a link takes 40 ms and more
		}, []string{"origin"}),
		verdicts: f.NewCounterVec(prometheus.CounterOpts{
			Name: "pangea_verdicts_total", Help: "Events of this region that are no longer stored, by class and verdict; concurrent and clock-skew are conflicts lost.",
		}, []string{"class", "verdict"}),
		committed: f.NewCounterVec(prometheus.CounterOpts{
			Name: "pangea_committed_events_total", Help: "Events committed by clients of this region, by class.",
		}, []string{"class"}),
	}
	for _, c := range region.Classes() {
		m.committed.WithLabelValues(c.String())
		for _, v := range crdt.Verdicts() {
			m.verdicts.WithLabelValues(c.String(), v.String())
		}
	}
	return m
}

func (m *metrics) observe(c cycleMetrics, size int, took time.Duration) {
	c.seconds.Observe(took.Seconds())
	c.size.Observe(float64(size))
}

func (m *metrics) applied(e *region.Entry, age time.Duration) {
	m.entries.WithLabelValues(e.Origin.Region).Inc()
	m.events.WithLabelValues(e.Origin.Region).Add(float64(len(e.Events)))
	m.visibility.WithLabelValues(e.Origin.Region).Observe(max(0, age.Seconds()))
}

// book adds a committed account to the counters.
func (m *metrics) book(a *state.Account) {
	for book, t := range a.Tallies {
		class := book.Class.String()
		m.committed.WithLabelValues(class).Add(float64(t.Committed))
		for _, v := range crdt.Verdicts() {
			if n := t.Ended(v); n > 0 {
				m.verdicts.WithLabelValues(class, v.String()).Add(float64(n))
			}
		}
	}
}
