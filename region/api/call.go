package api

import (
	"context"
	"io"
	"mime"
	"net/http"
	"strings"

	"pangea/crdt"
	"pangea/region"
)

// call is one request on its way through the API. Calls are reused, with their
// buffers: what outlives a request is copied out of them.
type call struct {
	api *API
	w   http.ResponseWriter
	r   *http.Request
	ctx context.Context

	key     string
	cond    conditions
	version []string // X-Version-Vector, once known
	status  int      // as answered

	raw []byte // the body as sent
	doc []byte // the body as compact JSON
	out []byte // the answer
}

// keptBuffer is the size up to which a call keeps its buffers.
const keptBuffer = 128 << 10

func (c *call) reset() {
	kept := func(b []byte) []byte {
		if cap(b) > keptBuffer {
			return nil
		}
		return b[:0]
	}
	*c = call{api: c.api, raw: kept(c.raw), doc: kept(c.doc), out: kept(c.out)}
}

// run checks what op asks for, the cheap and certain things first, and performs it.
func (c *call) run(op *operation) error {
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
	ctx, cancel := context.WithTimeout(c.ctx, c.api.timeout(op)+c.cond.patience())
	defer cancel()
	c.ctx = ctx
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
	if err := c.api.origins.Check(c.r); err != nil {
		return crossOrigin.because("Send the request from a page of this host, or from a program: %v.", err)
	}
	if !acceptable(c.r.Header.Get("Content-Type")) {
		return wrongType.because("Send JSON, with Content-Type: application/json or none.")
	}
	return nil
}

// acceptable tells content types that are read as JSON: JSON's own, none, and what
// curl says if it is not told.
func acceptable(contentType string) bool {
	switch contentType {
	case "", "application/json", "application/x-www-form-urlencoded":
		return true
	}
	media, _, err := mime.ParseMediaType(contentType)
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
	if c.r.ContentLength > int64(limit) {
		return tooLarge.because("Send at most %d bytes.", limit)
	}
	if need := int(c.r.ContentLength) + 1; need > cap(c.raw) { // one more, to read the end
		c.raw = make([]byte, 0, max(need, 512))
	}
	for {
		if len(c.raw) == cap(c.raw) {
			c.raw = append(c.raw, 0)[:len(c.raw)]
		}
		n, err := c.r.Body.Read(c.raw[len(c.raw):min(cap(c.raw), limit+1)])
		c.raw = c.raw[:len(c.raw)+n]
		switch {
		case len(c.raw) > limit:
			return tooLarge.because("Send at most %d bytes.", limit)
		case err == io.EOF:
			return nil
		case err != nil:
			return malformed.because("The body ended early (%v): send the request again.", err)
		}
	}
}

// identify binds the idempotency key to this very request.
func (c *call) identify() {
	if c.cond.once.Key != "" {
		c.cond.once.Hash = region.Checksum{}.Next([]byte(c.r.Method + " " + c.r.URL.RequestURI())).Next(c.raw)
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
	return result, c.acknowledged(result.Position)
}

func (c *call) committed(v crdt.Vector, replayed bool) {
	c.at(v)
	if replayed {
		c.w.Header()["Idempotency-Replayed"] = isTrue
	}
}

// acknowledged waits until as many peers as the client asked for store p.
func (c *call) acknowledged(p region.Position) error {
	peers := c.cond.ack.peers()
	if peers == 0 || p == (region.Position{}) {
		return nil
	}
	if peers = min(peers, c.api.Positions.Registered()); peers == 0 {
		return nil
	}
	ctx, cancel := context.WithTimeout(c.ctx, c.cond.ackWait())
	defer cancel()
	if err := c.api.Positions.WaitStored(ctx, p, peers); err != nil {
		return notConfirmed.because("The write stands here but fewer than %d peers have stored it in time: read the key later.", peers)
	}
	return nil
}
