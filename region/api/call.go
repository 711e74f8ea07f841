package api

import (
	"context"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"runtime/debug"
	"strings"
	"time"

	"github.com/valyala/fasthttp"

	"pangea/crdt"
	"pangea/region"
)

// call is one request on its way through the API. Calls are reused, with their
// buffers, and so is the request, with all that it refers to: what outlives a request
// is copied out of both.
type call struct {
	api   *API
	req   *fasthttp.RequestCtx
	ctx   context.Context
	start time.Time
	op    *operation

	uri     string // as sent
	key     string
	cond    conditions
	version *spelled // X-Version-Vector, once known
	streams bool     // the answer's body is a stream, which ends the call
	whole   bool     // the body was read to its end

	raw []byte // the body as sent
	doc []byte // the body as compact JSON
	out []byte // the answer
}

const (
	keptBuffer   = 128 << 10 // the size up to which a call keeps its buffers
	copiedAnswer = 4 << 10   // the size up to which an answer is copied
)

// begin takes a call, which counts as no operation until it is routed.
func (a *API) begin(req *fasthttp.RequestCtx, start time.Time) *call {
	c := a.calls.Get().(*call)
	c.req, c.ctx, c.start, c.op = req, a.deadlines.parent, start, a.other.unknown
	req.Response.Header.Set("X-Served-By", a.cfg.Region)
	return c
}

// end counts the call, which is answered, and gives it back.
func (c *call) end() {
	c.count()
	c.reset()
	c.api.calls.Put(c)
}

func (c *call) count() { c.op.seen.observe(c.req.Response.StatusCode(), time.Since(c.start)) }

// rescue answers for a handler that panicked: the others are not to suffer from it. The
// call is not given back, as its buffers may be in use.
func (c *call) rescue() {
	if p := recover(); p != nil {
		c.fail(fmt.Errorf("panic: %v\n%s", p, debug.Stack()))
		c.count()
	}
}

func (c *call) reset() {
	kept := func(b []byte) []byte {
		if cap(b) > keptBuffer {
			return nil
		}
		return b[:0]
	}
	*c = call{api: c.api, raw: kept(c.raw), doc: kept(c.doc), out: kept(c.out)}
}

func (c *call) method() string { return string(c.req.Method()) }

// run checks what the operation asks for, the cheap and certain things first, and
// performs it.
func (c *call) run() error {
	op := c.op
	if op.touch == nothing {
		return op.handle(c)
	}
	if op.touch == writeState {
		if err := c.mayWrite(); err != nil {
			return err
		}
	}
	if op.touch >= readState {
		if ok, reason := c.api.Positions.Ready(); !ok {
			return notReady.because("Try another region, or this one later: %s.", reason)
		}
	}
	if err := c.parseConditions(op.touch == writeState); err != nil {
		return err
	}
	c.ctx = c.api.deadlines.after(c.api.timeout(op)+c.cond.patience(), c.start)
	if op.class != region.Handle { // whose owner waits, here or elsewhere
		if err := c.catchUp(); err != nil {
			return err
		}
	}
	if op.limit == maxBody {
		if err := c.readBody(op.limit); err != nil {
			return err
		}
		c.identify()
	}
	return op.handle(c)
}

// mayWrite refuses browsers of other sites and bodies that say they are not JSON.
func (c *call) mayWrite() error {
	head := &c.req.Request.Header
	site, origin := head.Peek("Sec-Fetch-Site"), head.Peek("Origin")
	if site != nil || origin != nil {
		if err := c.sameOrigin(string(site), string(origin)); err != nil {
			return crossOrigin.because("Send the request from a page of this host, or from a program: %v.", err)
		}
	}
	if !acceptable(head.ContentType()) {
		return wrongType.because("Send JSON, with Content-Type: application/json or none.")
	}
	return nil
}

// sameOrigin judges a browser's request as net/http does.
func (c *call) sameOrigin(site, origin string) error {
	return c.api.origins.Check(&http.Request{
		Method: c.method(), URL: &url.URL{Path: "/"}, Host: string(c.req.Host()),
		Header: http.Header{"Sec-Fetch-Site": {site}, "Origin": {origin}},
	})
}

// acceptable tells content types that are read as JSON: JSON's own, none, and what
// curl says if it is not told.
func acceptable(contentType []byte) bool {
	switch string(contentType) {
	case "", "application/json", "application/x-www-form-urlencoded":
		return true
	}
	media, _, err := mime.ParseMediaType(string(contentType))
	if err != nil {
		return false
	}
	switch media {
	case "application/json", "text/json", "application/x-ndjson", "application/ndjson", "application/jsonl", "application/x-www-form-urlencoded":
		return true
	}
	return strings.HasPrefix(media, "application/") && strings.HasSuffix(media, "+json")
}

// catchUp waits until the region has applied what the client says it has seen.
func (c *call) catchUp() error {
	if c.cond.min == nil || c.api.Positions.Vector().Covers(c.cond.min) {
		return nil
	}
	ctx, cancel := context.WithTimeout(c.ctx, c.cond.vectorWait())
	defer cancel()
	if err := c.api.Positions.WaitApplied(ctx, c.cond.min); err != nil {
		now := c.api.Positions.Vector()
		c.at(now)
		return notCaughtUp.because("Try again, wait longer with Prefer: wait=30, or ask another region: this one has applied %s.", now)
	}
	return nil
}

// readBody reads the whole body, or refuses one of more than limit bytes.
func (c *call) readBody(limit int) error {
	length, body := c.req.Request.Header.ContentLength(), c.req.RequestBodyStream()
	if length > limit {
		return tooLarge.because("Send at most %d bytes.", limit)
	}
	if body == nil {
		return nil
	}
	if need := length + 1; need > cap(c.raw) { // one more, to read the end
		c.raw = make([]byte, 0, max(need, 512))
	}
	for {
		if len(c.raw) == cap(c.raw) {
			c.raw = append(c.raw, 0)[:len(c.raw)]
		}
		n, err := body.Read(c.raw[len(c.raw):min(cap(c.raw), limit+1)])
		c.raw = c.raw[:len(c.raw)+n]
		switch {
		case len(c.raw) > limit:
			return tooLarge.because("Send at most %d bytes.", limit)
		case err == io.EOF:
			c.whole = true
			return nil
		case err != nil:
			return unreadable(err)
		}
	}
}

// identify binds the idempotency key to this very request.
func (c *call) identify() {
	if c.cond.once.Key != "" {
		c.cond.once.Hash = region.Checksum{}.Next([]byte(c.method() + " " + c.uri)).Next(c.raw)
	}
}

// commit performs w, and waits for the acknowledgements that the client asked for.
func (c *call) commit(w region.Write) (region.Result, error) {
	w.Key, w.Once = c.key, c.cond.once
	result, err := c.api.Writer.Do(c.ctx, w)
	if err != nil {
		return result, err
	}
	c.committed(result.Vector, result.Replayed)
	if !c.cond.ack.elsewhere() {
		return result, nil
	}
	on := crdt.Vector{}
	c.restsOn(on, &result)
	return result, c.acknowledged(on)
}

func (c *call) committed(v crdt.Vector, replayed bool) {
	c.at(v)
	if replayed {
		c.req.Response.Header.Set("Idempotency-Replayed", "true")
	}
}

// restsOn adds to v what has to be stored elsewhere for a result to last: its entry or, if
// nothing had to change, all that this region has written. What was to be removed was removed
// there, or in a log that its own region has.
func (c *call) restsOn(v crdt.Vector, r *region.Result) {
	if p := r.Position; p != (region.Position{}) {
		v[p.Origin] = max(v[p.Origin], p.Seq)
		return
	}
	for log, seq := range r.Vector {
		if log.Region == c.api.cfg.Region {
			v[log] = max(v[log], seq)
		}
	}
}

// acknowledged waits until the peers that the client asked for store v.
func (c *call) acknowledged(v crdt.Vector) error {
	if !c.cond.ack.elsewhere() {
		return nil
	}
	ctx, cancel := context.WithTimeout(c.ctx, c.cond.ackWait())
	defer cancel()
	if err := c.api.Positions.WaitStored(ctx, v, c.cond.ack == ackAll); err != nil {
		who := "no peer has"
		if c.cond.ack == ackAll {
			who = "not every peer has"
		}
		return notConfirmed.because("The write stands here but %s stored it in time: read the key later.", who)
	}
	return nil
}
