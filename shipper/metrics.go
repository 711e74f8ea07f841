package shipper

import (
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"
)

type metrics struct {
	entries  prometheus.Counter
	bytes    prometheus.Counter
	readBack prometheus.Counter
	errors   prometheus.Counter
	next     prometheus.Gauge
	rebuilds *prometheus.CounterVec
}

// Causes of a rebuild.
const (
	absent       = "absent"       // there is none
	emptied      = "emptied"      // it holds nothing, and should
	rolledBack   = "rolled_back"  // it ends before what a peer has read
	damaged      = "damaged"      // entries are missing, or cannot be read
	contradicted = "contradicted" // it says something else than the outbox
	stuck        = "stuck"        // it takes no more entries
)

func newMetrics(reg prometheus.Registerer) *metrics {
	f := promauto.With(reg)
	m := &metrics{
		entries: f.NewCounter(prometheus.CounterOpts{
			Name: "pangea_shipper_entries_total",
			Help: "Entries published to the stream.",
		}),
		bytes: f.NewCounter(prometheus.CounterOpts{
			Name: "pangea_shipper_published_bytes_total",
			Help: "Bytes of entries published to the stream.",
		}),
		readBack: f.NewCounter(prometheus.CounterOpts{
			Name: "pangea_shipper_read_back_entries_total",
			Help: "Entries that had to be read from the outbox; in steady state the writer hands them over.",
		}),
		errors: f.NewCounter(prometheus.CounterOpts{
			Name: "pangea_shipper_errors_total",
			Help: "Times the outbox or the stream failed and the shipper started over from the stream's end.",
		}),
		next: f.NewGauge(prometheus.GaugeOpts{
			Name: "pangea_shipper_next_seq",
			Help: "Seq of the entry that the stream waits for.",
		}),
		rebuilds: f.NewCounterVec(prometheus.CounterOpts{
			Name: "pangea_shipper_rebuilds_total",
			Help: "Times the stream was made anew from the outbox, by cause.",
		}, []string{"cause"}),
	}
	for _, cause := range []string{absent, emptied, rolledBack, damaged, contradicted, stuck} {
		m.rebuilds.WithLabelValues(cause)
	}
	return m
}
