package handles

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"

	"pangea/crdt"
	"pangea/region"
	"pangea/region/topology"
)

// Headers of a forwarded request and of its answer.
const (
	// ForwardedHeader names the region that forwarded a request.
	ForwardedHeader = "X-Forwarded-Region"
	// PositionHeader tells that region which entry the answer rests on, as a
	// version vector of one origin.
	PositionHeader = "X-Position"
)

// maxReply bounds what an owner may answer, in bytes.
const maxReply = 64 << 10

// ForwardedHeaders are passed on with a request.
func ForwardedHeaders() []string {
	return []string{"Content-Type", "X-Ack", "Prefer", "X-Min-Version-Vector", "Idempotency-Key"}
}

// Forwarded is a client's request to another region.
type Forwarded struct {
	Method string
	URI    string      // as the client wrote it
	Header http.Header // of ForwardedHeaders
	Body   []byte
}

// Reply is an owner's answer, to be relayed as it is.
type Reply struct {
	Status int
	Header http.Header
	Body   []byte
}

// outcome tells what a 503 means. An owner says so of itself when it cannot decide now:
// relayed, that would be said of this region. A client's own condition that it does not meet
// is no such thing; and what is no problem of a region is of something before the owner,
// which may have passed the request on.
func (r Reply) outcome() string {
	if r.Status != http.StatusServiceUnavailable {
		return relayed
	}
	var problem struct{ Type string }
	_ = json.Unmarshal(r.Body, &problem)
	switch problem.Type {
	case "/problems/not-caught-up":
		return relayed
	case "/problems/not-ready", "/problems/unavailable", "/problems/busy":
		return away
	}
	return broken
}

func newClient() *http.Client {
	return &http.Client{
		Transport: &http.Transport{
			DialContext:         (&net.Dialer{Timeout: 2 * time.Second}).DialContext,
			MaxIdleConnsPerHost: 64,
			IdleConnTimeout:     time.Minute, // before the peer's server closes it
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// Forward sends a client's request to the owner of the handle. wait is how long the
// client lets the owner take.
func (h *Handles) Forward(ctx context.Context, r Forwarded, name string, wait time.Duration) (Reply, error) {
	owner := h.Owner(name)
	if !h.parts.Positions.Reachable(owner) {
		h.metrics.forwards.WithLabelValues(owner, away).Inc()
		return Reply{}, fmt.Errorf("%w: nothing heard of %s", ErrOwnerAway, owner)
	}
	asking, cancel := context.WithTimeout(ctx, wait+h.cfg.Patience)
	defer cancel()
	reply, outcome, err := h.ask(asking, r, owner)
	if err == nil && outcome != relayed {
		err = fmt.Errorf("it answers %d: %s", reply.Status, reply.Body)
	}
	h.metrics.forwards.WithLabelValues(owner, outcome).Inc()
	if err != nil {
		return Reply{}, forwardError(owner, outcome, r.Method, err)
	}
	h.catchUp(ctx, reply)
	return reply, nil
}

// forwardError says what is known of the effect: a request that may have been sent
// may have been carried out, unless it was a read.
func forwardError(owner, outcome, method string, err error) error {
	if outcome == away || method == http.MethodGet || method == http.MethodHead {
		return fmt.Errorf("%w: ask %s: %w", ErrOwnerAway, owner, err)
	}
	return fmt.Errorf("%w: ask %s: %w", region.ErrUnknown, owner, err)
}

func (h *Handles) ask(ctx context.Context, r Forwarded, owner string) (Reply, string, error) {
	out, err := h.outgoing(ctx, r, owner)
	if err != nil {
		return Reply{}, away, err
	}
	resp, err := h.client.Do(out)
	if err != nil {
		if op := (*net.OpError)(nil); errors.As(err, &op) && op.Op == "dial" {
			return Reply{}, away, err
		}
		return Reply{}, broken, err
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(resp.Body, maxReply+1))
	if err == nil && len(answer) > maxReply {
		err = fmt.Errorf("an answer of more than %d bytes", maxReply)
	}
	if err != nil {
		return Reply{}, broken, err
	}
	reply := Reply{Status: resp.StatusCode, Header: resp.Header, Body: answer}
	return reply, reply.outcome(), nil
}

// outgoing repeats the client's request as this region's own.
func (h *Handles) outgoing(ctx context.Context, r Forwarded, owner string) (*http.Request, error) {
	address := h.cfg.Topology.Address(h.cfg.Region, owner, topology.HTTP)
	out, err := http.NewRequestWithContext(ctx, r.Method, "http://"+address, bytes.NewReader(r.Body))
	if err != nil {
		return nil, err
	}
	out.URL.Opaque = r.URI // net/url would spell some keys anew
	out.Header = r.Header.Clone()
	// The client of net/http sends what carries an Idempotency-Key again by itself, and
	// then may report a refused connection for a request that was sent. It does not
	// know the lower-case name, which is the same to the owner.
	if key, ok := r.Header["Idempotency-Key"]; ok {
		delete(out.Header, "Idempotency-Key")
		out.Header["idempotency-key"] = key
	}
	out.Header.Set(ForwardedHeader, h.cfg.Region)
	return out, nil
}

// catchUp waits until this region has applied what the owner's answer rests on, so
// that a client finds it here too. It gives up after Catchup: the answer is true
// without it.
func (h *Handles) catchUp(ctx context.Context, reply Reply) {
	v, err := crdt.ParseVector(reply.Header.Get(PositionHeader))
	if err != nil || len(v) == 0 {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, h.cfg.Catchup)
	defer cancel()
	_ = h.parts.Positions.WaitApplied(ctx, v)
}
