package router

import (
	"cmp"
	"net/http"
	"slices"
	"time"
)

// view is what the choice of a region rests on.
type view struct {
	ready   bool          // it serves, as far as the checks know
	held    bool          // a move to it was called off a moment ago
	drained bool          // a person wants it to be left alone
	cost    time.Duration // how far away it is, by the policy
}

// choose returns the region to use, as an index into regions: of the ready ones the
// nearest, else the nearest that is drained, else the nearest that is held, else -1. A
// held one is behind what clients have seen, a drained one is not. Of two that are as
// near the first counts. Those a request has tried already are passed over.
func choose(regions []view, tried []int) int {
	best := -1
	for i, r := range regions {
		if !r.ready || slices.Contains(tried, i) {
			continue
		}
		if best < 0 || r.nearer(regions[best]) {
			best = i
		}
	}
	return best
}

func (v view) nearer(than view) bool {
	return cmp.Or(cmp.Compare(v.against(), than.against()), cmp.Compare(v.cost, than.cost)) < 0
}

// against is how much is against a region that is ready.
func (v view) against() int {
	switch {
	case v.held:
		return 2
	case v.drained:
		return 1
	}
	return 0
}

// Policy is what tells how far away a region is.
type Policy string

const (
	// Static goes by the distances of the topology.
	Static Policy = "static"
	// Measured goes by the round trips of the checks.
	Measured Policy = "measured"
)

// smooth is a round trip after one more of them, of which none may weigh much alone:
// the SRTT of RFC 6298.
func smooth(before, next time.Duration) time.Duration {
	if before == 0 {
		return next
	}
	return before + (next-before)/8
}

// stay is by how much nearer another region must be than the one that is used, so that
// two that are as far away do not take turns.
func stay(cost time.Duration) time.Duration { return cost/4 + 5*time.Millisecond }

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
