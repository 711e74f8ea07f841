package router

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// flight is one client request on its way, over one or more attempts.
type flight struct {
	*Router
	req      *http.Request
	body     []byte
	safe     bool
	deadline time.Time
	tried    []int // regions
	asked    int   // how many of them answered, but not with what the client wants
}

// proxy sends req to the region of the moment and passes its answer on. It returns
// who answered (-1: the router) with which status (0: nobody, the client is gone).
func (r *Router) proxy(w http.ResponseWriter, req *http.Request) (target, status int) {
	if !strings.HasPrefix(req.RequestURI, "/") {
		return r.fail(w, &problem{
			Type: "malformed", Status: http.StatusBadRequest,
			Detail: "The request line must have a path only, as in GET /counter/a.",
		})
	}
	body, problem := r.readBody(w, req)
	if problem != nil {
		return r.fail(w, problem)
	}
	f := &flight{
		Router: r, req: req, body: body, safe: isSafe(req.Method),
		deadline: time.Now().Add(r.cfg.Timeout + preferredWait(req.Header)),
	}
	a := f.fly()
	if a == nil {
		return r.fail(w, r.noRegion())
	}
	defer a.release()
	return f.land(w, a)
}

// fly tries one region after the other until an attempt may not be repeated. It
// returns the answer to pass on, or nil if no region could be asked.
func (f *flight) fly() *answer {
	var best *answer
	for {
		t, ok := f.world.pick(f.tried)
		if !ok {
			return best
		}
		a := f.attempt(t)
		best = better(best, a)
		if !mayRepeat(a.outcome, f.safe, f.asked) || time.Now().After(f.deadline) {
			return best
		}
		f.metrics.repeats[a.outcome].Inc()
		f.tried = append(f.tried, t.index)
		switch a.outcome {
		case behind, unavailable, uncertain:
			f.asked++
		}
	}
}

// better keeps the answer that tells more, and of equals the nearer region's own words.
func better(best, a *answer) *answer {
	if best == nil {
		return a
	}
	if best.outcome >= a.outcome {
		best, a = a, best
	}
	best.release()
	return a
}

// attempt sends the request to one region and lets the world know how that went.
func (f *flight) attempt(t ticket) *answer {
	begun := time.Now()
	ctx, cancel := context.WithDeadline(f.req.Context(), f.deadline)
	a := &answer{ticket: t, pool: &f.buffers, cancel: cancel}
	if f.safe { // it goes elsewhere if the region falls silent; a write may still be answered
		stop := context.AfterFunc(t.up, cancel)
		a.cancel = func() { stop(); cancel() }
	}
	err := a.fetch(ctx, f.req, f.body)
	if err != nil {
		a.outcome = lost(f.req.Context(), err)
	} else {
		a.outcome = a.classify()
	}
	f.learn(a, err, begun)
	return a
}

// learn tells the world what an attempt showed of the region.
func (r *Router) learn(a *answer, err error, begun time.Time) {
	switch a.outcome {
	case answered:
		r.world.served(a.index)
	case refused:
		v, reason := failure(err)
		r.world.check(a.index, v, reason, begun)
	case notReady:
		r.world.check(a.index, denied, "answers 503: "+explain(a.head), begun)
	case behind:
		r.world.callOff(a.ticket)
	case broken, unavailable:
		r.watchers[a.index].now()
	}
}

// land answers the client with what the last attempt brought.
func (f *flight) land(w http.ResponseWriter, a *answer) (target, status int) {
	switch a.outcome {
	case gone:
		return a.index, 0
	case refused, notReady:
		return f.fail(w, f.noRegion())
	case broken:
		return f.fail(w, outcomeUnknown(a.name, f.safe))
	}
	f.shown(a)
	a.write(w)
	if len(a.resp.Trailer) > 0 {
		f.shown(a) // a batch tells its last vector at its end
	}
	return a.index, a.resp.StatusCode
}

// shown notes what a is about to show a client of its region. An answer about a handle
// shows the state of the handle's owner, which says nothing about the region that
// passed it on.
func (f *flight) shown(a *answer) {
	if v, ok := a.vector(); ok && !strings.HasPrefix(f.req.RequestURI, "/handle/") {
		f.world.answered(a.ticket, v)
	}
}

func outcomeUnknown(region string, safe bool) *problem {
	detail := "The request may or may not have had its effect: read the state before you repeat it."
	if safe {
		detail = "It was only a read: repeat it."
	}
	return &problem{
		Type: "unknown-outcome", Status: http.StatusGatewayTimeout,
		Detail: "The connection to region " + region + " was lost, or it did not answer in time. " + detail,
	}
}

// preferredWait is N of "Prefer: wait=N", within bounds.
func preferredWait(h http.Header) time.Duration {
	for _, list := range h["Prefer"] {
		for item := range strings.SplitSeq(list, ",") {
			name, n, _ := strings.Cut(strings.TrimSpace(item), "=")
			if seconds, err := strconv.ParseFloat(n, 64); strings.EqualFold(name, "wait") && err == nil && seconds > 0 {
				return time.Duration(min(seconds, maxWait.Seconds()) * float64(time.Second))
			}
		}
	}
	return 0
}
