package router

import (
	"net/http"
	"slices"
)

// view is what the choice of a region rests on.
type view struct {
	ready bool // it serves, as far as the checks know
	held  bool // a move to it was called off a moment ago
}

// choose returns the region to use, as an index into regions, which are ordered
// nearest first: the nearest ready one that is not held, else the nearest ready
// one, else -1. Those a request has tried already are passed over.
func choose(regions []view, tried []int) int {
	held := -1
	for i, r := range regions {
		switch {
		case !r.ready || slices.Contains(tried, i):
		case !r.held:
			return i
		case held < 0:
			held = i
		}
	}
	return held
}

// outcome is how one attempt at one region ended, in the order of what it tells:
// of two attempts the client hears about the later named.
type outcome int

const (
	refused     outcome = iota // the connection was never made: no effect
	notReady                   // 503 not-ready: no effect
	behind                     // 503 not-caught-up: no effect
	unavailable                // any other 503: no effect
	uncertain                  // 504: it may stand
	broken                     // connection lost, or no answer in time: it may stand
	gone                       // the client went away
	answered
)

var outcomeNames = [...]string{
	refused: "refused", notReady: "not_ready", behind: "not_caught_up", unavailable: "unavailable",
	uncertain: "uncertain", broken: "broken", gone: "gone", answered: "answered",
}

func (o outcome) String() string { return outcomeNames[o] }

// mayRepeat reports whether a request that ended so may be sent to another region.
// What a live region answered is asked once more, not of everybody: a handle whose
// owner is away is unavailable everywhere.
func mayRepeat(o outcome, safe bool, asked int) bool {
	switch o {
	case refused, notReady:
		return true
	case behind, unavailable:
		return asked == 0
	case uncertain:
		return safe && asked == 0
	case broken:
		return safe
	}
	return false
}

// isSafe reports whether sending a request twice is the same as sending it once.
// An Idempotency-Key does not make it so: each region remembers its own.
func isSafe(method string) bool {
	return method == http.MethodGet || method == http.MethodHead
}
