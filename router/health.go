package router

import "time"

// verdict is what one check says about a region.
type verdict int

const (
	good       verdict = iota
	unanswered         // lost or late: it may be the network's mood
	denied             // the region, or its host, said no
)

// health is what the checks of one region add up to.
type health struct {
	ready        bool
	reason       string    // why not ready; empty while it is
	rises, falls int       // good, and other, checks in a row
	risingSince  time.Time // start of the first of the rises
	checked      time.Time // zero before the first check
}

// after returns the health after one more check that began at start. A denial is
// believed at once, silence after fall checks, and a return after rise good ones,
// so that a flapping region does not drag its clients to and fro. The first check
// of all is believed as it is.
func (h health) after(v verdict, reason string, start time.Time, fall, rise int) health {
	first := h.checked.IsZero()
	h.checked = start
	if v == good {
		if h.rises == 0 {
			h.risingSince = start
		}
		h.rises, h.falls = h.rises+1, 0
		if first || h.rises >= rise {
			h.ready, h.reason = true, ""
		}
		return h
	}
	h.rises, h.falls = 0, h.falls+1
	if v == denied || first || h.falls >= fall {
		h.ready = false
	}
	if !h.ready {
		h.reason = reason
	}
	return h
}
