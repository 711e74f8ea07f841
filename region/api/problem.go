package api

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"

	"pangea/region"
	"pangea/region/handles"
)

// kind is a sort of problem. Its name is the last element of the problem's type,
// which clients may rely on.
type kind struct {
	status      int
	name, title string
}

var (
	malformed    = kind{400, "malformed", "The request cannot be read"}
	badKey       = kind{400, "bad-key", "The key is not usable"}
	crossOrigin  = kind{403, "cross-origin", "The request comes from another site"}
	noRoute      = kind{404, "no-route", "There is no such route"}
	absent       = kind{404, "absent", "Nothing is stored under this key"}
	wrongMethod  = kind{405, "wrong-method", "The route has no such method"}
	taken        = kind{409, "taken", "Another claimant holds the handle"}
	trimmed      = kind{410, "trimmed", "The log no longer reaches back so far"}
	tooSlow      = kind{408, "too-slow", "The request did not come in time"}
	tooLarge     = kind{413, "too-large", "The request is too large"}
	wrongType    = kind{415, "wrong-type", "The content type is not JSON"}
	notOwner     = kind{421, "not-owner", "This region does not own the handle"}
	impossible   = kind{422, "impossible", "The request makes no sense"}
	overflow     = kind{422, "overflow", "The counter would overflow"}
	reused       = kind{422, "idempotency-key-reused", "The idempotency key belongs to another request"}
	rejected     = kind{422, "rejected", "The database refused the write"}
	headTooLarge = kind{431, "head-too-large", "The request line and headers are too large"}
	internal     = kind{500, "internal", "The region has a fault"}
	busy         = kind{503, "busy", "The region does this for others already"}
	unavailable  = kind{503, "unavailable", "The region's database is not available"}
	notReady     = kind{503, "not-ready", "The region is not ready"}
	notCaughtUp  = kind{503, "not-caught-up", "The region has not applied what the client has seen"}
	ownerAway    = kind{503, "owner-away", "The region that owns the handle cannot be asked now"}
	unknown      = kind{504, "unknown-outcome", "The outcome is unknown"}
	notConfirmed = kind{504, "not-acknowledged", "The write was not acknowledged in time"}
)

// because makes a problem of kind k. The detail is one sentence that says what to
// do.
func (k kind) because(format string, args ...any) *problem {
	return &problem{kind: k, detail: fmt.Sprintf(format, args...)}
}

// problem is an answer that is not a success.
type problem struct {
	kind
	detail string
	// of a handle: who decided, and who holds it
	owner, claimant string
}

func (p *problem) Error() string { return p.detail }

// asProblem finds what to answer when err is not a problem itself. Of a write,
// anything not understood may have happened.
func (c *call) asProblem(err error) *problem {
	if p := (*problem)(nil); errors.As(err, &p) {
		return p
	}
	switch {
	case errors.Is(err, handles.ErrNotAcknowledged):
		return notConfirmed.because("The write stands here but too few peers have stored it in time: repeat the request, or read the key, later.")
	case errors.Is(err, region.ErrUnknown):
		return unknown.because("The write may stand: read the key, or repeat the request if it is safe to repeat.")
	case errors.Is(err, handles.ErrOwnerAway):
		return ownerAway.because("Nothing was written: try again later, or read the local copy with ?consistency=eventual.")
	case errors.Is(err, handles.ErrNotOwner):
		return notOwner.because("Send the request to the handle's owner, %s, or check that all regions have the same topology.yaml.", c.api.Handles.Owner(c.key))
	case errors.Is(err, region.ErrUnavailable), errors.Is(err, region.ErrFenced):
		return unavailable.because("Nothing was written: try again in a second, here or in another region.")
	case errors.Is(err, region.ErrOverflow):
		return overflow.because("This region has added, or taken away, 2^60 in total and can do no more: use another key.")
	case errors.Is(err, region.ErrReused):
		return reused.because("Use a new Idempotency-Key for each request, and the same one only to repeat it unchanged.")
	case errors.Is(err, region.ErrRejected):
		return rejected.because("The database does not take this write: change the key or the value.")
	}
	return c.unexpected(err)
}

func (c *call) unexpected(err error) *problem {
	interrupted := errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled)
	if !interrupted {
		c.api.cfg.Logger.Error("request", "method", c.method(), "uri", c.uri, "err", err)
	}
	switch {
	case !c.req.IsGet() && !c.req.IsHead():
		return unknown.because("The write may stand: read the key, or repeat the request if it is safe to repeat.")
	case interrupted:
		return unavailable.because("The answer took too long: try again in a second, here or in another region.")
	default:
		return internal.because("Try again, and look into the region's log if it stays.")
	}
}

// fail answers with a problem.
func (c *call) fail(err error) {
	p := c.asProblem(err)
	c.api.metrics.problems.WithLabelValues(p.name).Inc()
	c.out = c.appendProblem(append(c.out[:0], '{'), p)
	if c.version != nil {
		c.out = c.appendVersion(c.out)
	}
	c.out = append(c.out, '}')
	if p.status == http.StatusServiceUnavailable {
		c.req.Response.Header.Set("Retry-After", "1")
	}
	c.send(p.status, problemJSON)
	if conn, ok := c.req.Conn().(*client); ok {
		conn.refused.Store(!c.whole && c.req.RequestBodyStream() != nil)
	}
}

// appendProblem appends the members of p, without braces.
func (c *call) appendProblem(b []byte, p *problem) []byte {
	b = strconv.AppendInt(append(b, `"status":`...), int64(p.status), 10)
	b = append(append(append(b, `,"type":"/problems/`...), p.name...), `","title":`...)
	b = appendString(b, p.title)
	b = appendString(append(b, `,"detail":`...), p.detail)
	if p.owner != "" {
		b = appendString(append(b, `,"owner":`...), p.owner)
	}
	if p.claimant != "" {
		b = appendString(append(b, `,"claimant":`...), p.claimant)
	}
	return b
}
