package router

import (
	"encoding/json"
	"net/http"
	"strings"
	"time"
)

// status is the answer of /router/status.
type status struct {
	Region  string         `json:"region"`  // the router's place
	Current string         `json:"current"` // where its clients are sent; "none"
	Policy  Policy         `json:"policy"`  // what nearest means: static or measured
	Regions []regionStatus `json:"regions"` // nearest first, by the topology
}

type regionStatus struct {
	Region    string    `json:"region"`
	Address   string    `json:"address"`
	Distance  float64   `json:"distance_seconds"` // by the topology
	RTT       float64   `json:"rtt_seconds"`      // of the last good check
	Smoothed  float64   `json:"smoothed_rtt_seconds"`
	Ready     bool      `json:"ready"`
	Reason    string    `json:"reason,omitempty"` // why it is not
	Held      bool      `json:"held,omitempty"`   // passed over, after a move that was called off
	Drained   bool      `json:"drained"`
	UnderWay  int       `json:"requests_under_way"`
	Failures  int       `json:"consecutive_failures"`
	LastCheck time.Time `json:"last_check"`
	Demanded  string    `json:"demanded,omitempty"` // what a request to it must not be answered without
	Outage    *losses   `json:"last_outage,omitempty"`
}

// losses is an outage in JSON; what has not happened is absent.
type losses struct {
	Lost      time.Time `json:"lost"`
	Detection float64   `json:"detection_seconds"`
	Reroute   float64   `json:"reroute_seconds,omitempty"`
	Return    float64   `json:"return_seconds,omitempty"`
}

func (o outage) status() *losses {
	if o.lost.IsZero() {
		return nil
	}
	return &losses{Lost: o.lost, Detection: o.detected.Seconds(), Reroute: o.rerouted.Seconds(), Return: o.returned.Seconds()}
}

func (w *world) status() status {
	w.mu.Lock()
	defer w.mu.Unlock()
	s := status{Region: w.cfg.Region, Current: w.name(w.current), Policy: w.cfg.Policy}
	for i, r := range w.regions {
		s.Regions = append(s.Regions, regionStatus{
			Region: r.name, Address: r.addr, Distance: r.distance.Seconds(), RTT: r.rtt.Seconds(), Smoothed: r.smoothed.Seconds(),
			Ready: r.ready, Reason: r.reason, Held: time.Now().Before(r.heldUntil),
			Failures: r.falls, LastCheck: r.checked, Demanded: w.seen.demand(i).String(),
			Drained: r.drained, UnderWay: len(r.upstream.slots), Outage: r.outage.status(),
		})
	}
	return s
}

// noRegion is the answer when there is nobody to ask.
func (r *Router) noRegion() *problem {
	detail := "No region can take this request now, and it had no effect."
	for _, s := range r.world.status().Regions {
		reason := s.Reason
		if s.Ready {
			reason = "is ready, but did not take it"
		}
		detail += " " + s.Region + " " + strings.TrimSuffix(reason, ".") + "."
	}
	return &problem{
		Type: "no-region-ready", Status: http.StatusServiceUnavailable,
		Detail: detail + " Repeat it after Retry-After seconds.",
	}
}

func writeJSON(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(v) // a client that is gone needs no answer
}
