package applier

import (
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"

	"pangea/crdt"
	"pangea/region/stream"
)

type metrics struct {
	entries     prometheus.Counter
	events      prometheus.Counter
	duplicates  prometheus.Counter
	gaps        prometheus.Counter
	forks       prometheus.Counter
	undecodable prometheus.Counter
	resets      *prometheus.CounterVec
	logReads    prometheus.Counter
	stopped     *prometheus.GaugeVec
	pending     prometheus.Gauge
}

func newMetrics(reg prometheus.Registerer, peer string, link *stream.Peer) *metrics {
	f := promauto.With(prometheus.WrapRegistererWith(prometheus.Labels{"peer": peer}, reg))
	counter := func(name, help string) prometheus.Counter {
		return f.NewCounter(prometheus.CounterOpts{Name: "pangea_applier_" + name, Help: help})
	}
	m := &metrics{
		entries:     counter("entries_total", "Entries stored."),
		events:      counter("events_total", "Events of the entries stored."),
		duplicates:  counter("duplicates_total", "Entries dropped because they were stored already."),
		gaps:        counter("gaps_total", "Times the stream left out entries."),
		forks:       counter("forks_total", "Times the stream had an entry of another history."),
		undecodable: counter("undecodable_total", "Times the stream had an entry that cannot be read."),
		resets: f.NewCounterVec(prometheus.CounterOpts{
			Name: "pangea_applier_resets_total",
			Help: "Times reading started over from the stored position, by cause.",
		}, []string{"cause"}),
		logReads: counter("log_read_entries_total", "Entries read from the peer's /log, because its stream did not have them."),
		stopped: f.NewGaugeVec(prometheus.GaugeOpts{
			Name: "pangea_applier_stopped",
			Help: "1 while the log has stopped and a person has to act.",
		}, []string{"cause"}),
		pending: f.NewGauge(prometheus.GaugeOpts{
			Name: "pangea_applier_consumer_pending",
			Help: "Entries in the peer's stream that are not acknowledged, as JetStream last told.",
		}),
	}
	f.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "pangea_applier_link_up",
		Help: "1 while there is a connection to the peer's stream.",
	}, func() float64 { return linkUp(link) })
	for _, cause := range []string{
		linkLost, noHeartbeat, deleted, noLog, ahead, behind, stalled, gapped, forked, undecodable, foreign, refused, trimmed, unread, other,
	} {
		m.resets.WithLabelValues(cause)
	}
	m.running()
	return m
}

func linkUp(link *stream.Peer) float64 {
	select {
	case <-link.Up():
		return 1
	default:
		return 0
	}
}

// delivered counts a batch, which also shows that the log goes on.
func (m *metrics) delivered(b *batch) {
	m.entries.Add(float64(len(b.entries)))
	m.events.Add(float64(b.events))
	m.running()
}

func (m *metrics) running() {
	m.stopped.WithLabelValues(forked).Set(0)
	m.stopped.WithLabelValues(undecodable).Set(0)
}

type relayMetrics struct {
	entries  *prometheus.CounterVec
	failures *prometheus.CounterVec
	stopped  *prometheus.GaugeVec
}

func newRelayMetrics(reg prometheus.Registerer, peers []string) *relayMetrics {
	f := promauto.With(reg)
	m := &relayMetrics{
		entries: f.NewCounterVec(prometheus.CounterOpts{
			Name: "pangea_relay_entries_total",
			Help: "Entries of logs that no stream brings, stored by the relay, by the region that they were read from.",
		}, []string{"holder"}),
		failures: f.NewCounterVec(prometheus.CounterOpts{
			Name: "pangea_relay_failures_total",
			Help: "Pages that the relay could not read, by cause.",
		}, []string{"cause"}),
		stopped: f.NewGaugeVec(prometheus.GaugeOpts{
			Name: "pangea_relay_stopped",
			Help: "1 while the relay has stopped reading a log and a person has to act.",
		}, []string{"origin", "cause"}),
	}
	for _, peer := range peers {
		m.entries.WithLabelValues(peer)
	}
	for _, cause := range []string{gapped, forked, undecodable, foreign, refused, trimmed, unread, other} {
		m.failures.WithLabelValues(cause)
	}
	return m
}

func (m *relayMetrics) stops(log crdt.Origin, cause string) {
	m.goesOn(log)
	m.stopped.WithLabelValues(log.String(), cause).Set(1)
}

func (m *relayMetrics) goesOn(log crdt.Origin) {
	m.stopped.DeletePartialMatch(prometheus.Labels{"origin": log.String()})
}
