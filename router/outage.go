package router

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"
)

// outage is what the last loss of a region cost, by this router's clock. What has not
// happened, or not yet, is zero.
type outage struct {
	lost     time.Time     // when the router stopped sending to it
	detected time.Duration // from its last good answer to that
	rerouted time.Duration // from that to the first answer of another region to a client
	returned time.Duration // from its first good check again to the one that brought it back
}

// good notes that region i has just answered a check or a client.
func (w *world) good(i int) { w.regions[i].lastGood.Store(int64(time.Since(w.begun))) }

// served notes that region i has answered a client. It takes no lock, but for the first
// answer after a loss.
func (w *world) served(i int) {
	w.good(i)
	lost := w.deserted.Load()
	if lost == nil || lost == w.regions[i] || !w.deserted.CompareAndSwap(lost, nil) {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	lost.outage.rerouted = time.Since(lost.outage.lost)
	w.metrics.reroute.Observe(lost.outage.rerouted.Seconds())
}

// beginOutage notes the loss of region i.
func (w *world) beginOutage(i int, now time.Time) {
	r := w.regions[i]
	r.outage = outage{lost: now, detected: max(0, now.Sub(w.begun)-time.Duration(r.lastGood.Load()))}
	w.metrics.detection.Observe(r.outage.detected.Seconds())
	if i == w.current { // else no client was there
		w.deserted.Store(r)
	}
}

// endOutage notes that region r is ready, again or for the first time.
func (w *world) endOutage(r *region, now time.Time) {
	w.deserted.CompareAndSwap(r, nil)
	if r.outage.lost.IsZero() {
		return
	}
	r.outage.returned = now.Sub(r.risingSince)
	w.metrics.comeback.Observe(r.outage.returned.Seconds())
}

// exportOutages makes the times of each region's last outage gauges, as /router/status has
// them: a histogram of few outages knows no maximum.
func (w *world) exportOutages(factory promauto.Factory) {
	for _, r := range w.regions {
		for part, took := range map[string]*time.Duration{
			"detection": &r.outage.detected, "reroute": &r.outage.rerouted, "return": &r.outage.returned,
		} {
			factory.NewGaugeFunc(prometheus.GaugeOpts{
				Name: "pangea_router_last_outage_seconds", Help: "A part of the last outage of a region; 0 if it has not happened, or not yet.",
				ConstLabels: prometheus.Labels{"target": r.name, "part": part},
			}, func() float64 {
				w.mu.Lock()
				defer w.mu.Unlock()
				return took.Seconds()
			})
		}
	}
}
