package api

import (
	"bytes"
	"context"
	"net/http"
	"net/url"
	"strings"

	"pangea/crdt"
	"pangea/region"
	"pangea/region/handles"
)

func (c *call) getHandle() error {
	query, err := c.query()
	if err != nil {
		return err
	}
	switch query.Get("consistency") {
	case "eventual":
		if err := c.catchUp(); err != nil {
			return err
		}
		answer, err := c.api.Handles.Peek(c.ctx, c.key)
		return c.handle(answer, err)
	case "", "strong":
		return c.askOwner(c.api.Handles.Get, "")
	default:
		return malformed.because("Use ?consistency=strong, the default, or ?consistency=eventual.")
	}
}

func (c *call) putHandle() (err error) {
	if c.doc, err = document(c.doc, c.raw); err != nil {
		return err
	}
	var in input
	if err := in.read(c.doc, claimantMember); err != nil {
		return err
	}
	claimant, err := named("claimant", in.claimant)
	if err != nil {
		return err
	}
	return c.askOwner(c.api.Handles.Claim, claimant)
}

func (c *call) deleteHandle() error {
	query, err := c.query()
	if err != nil {
		return err
	}
	if !query.Has("claimant") {
		return malformed.because("Say who gives up the handle: DELETE /handle/{name}?claimant=….")
	}
	claimant := query.Get("claimant")
	if !isText(claimant) {
		return impossible.because("Send ?claimant= as 1 to %d bytes of UTF-8 without control characters.", maxText)
	}
	return c.askOwner(c.api.Handles.Release, claimant)
}

func (c *call) query() (url.Values, error) {
	_, raw, _ := strings.Cut(c.uri, "?")
	query, err := url.ParseQuery(raw)
	if err != nil {
		return nil, malformed.because("Percent-encode the query: %v.", err)
	}
	return query, nil
}

// askOwner decides here if this region owns the handle. Otherwise it forwards the
// request, unless that was done already.
func (c *call) askOwner(decide func(context.Context, handles.Request) (handles.Answer, error), claimant string) error {
	forwarded := c.req.Request.Header.Peek(handles.ForwardedHeader) != nil
	if !forwarded && !c.api.Handles.Owns(c.key) {
		return c.relay()
	}
	if err := c.catchUp(); err != nil {
		return err
	}
	answer, err := decide(c.ctx, handles.Request{
		Name: c.key, Claimant: claimant, Once: c.cond.once,
		AllPeers: c.cond.ack == ackAll, Wait: c.cond.ackWait(),
	})
	if forwarded && answer.Position.Seq > 0 {
		at := crdt.Vector{answer.Position.Origin: answer.Position.Seq}
		c.req.Response.Header.Set(handles.PositionHeader, at.String())
	}
	return c.handle(answer, err)
}

func (c *call) relay() error {
	request := handles.Forwarded{Method: c.method(), URI: c.uri, Header: http.Header{}, Body: bytes.Clone(c.raw)}
	for _, name := range handles.ForwardedHeaders() {
		for _, value := range c.req.Request.Header.PeekAll(name) {
			request.Header.Add(name, string(value))
		}
	}
	reply, err := c.api.Handles.Forward(c.ctx, request, c.key, c.cond.patience())
	if err != nil {
		return err
	}
	c.req.SetStatusCode(reply.Status)
	for _, name := range []string{"Content-Type", "X-Version-Vector", "Idempotency-Replayed", "Retry-After"} {
		if values := reply.Header[name]; values != nil {
			c.req.Response.Header.Set(name, values[0])
		}
	}
	c.req.Response.SetBodyRaw(reply.Body)
	return nil
}

// handle answers with what an owner, or the local copy, said.
func (c *call) handle(a handles.Answer, err error) error {
	if a.Vector != nil {
		c.committed(a.Vector, a.Replayed)
	}
	if err != nil {
		return err
	}
	owner := c.api.Handles.Owner(c.key)
	switch a.Outcome {
	case region.Taken:
		p := taken.because("Choose another handle, or let its holder release it.")
		p.owner, p.claimant = owner, a.Claimant
		return p
	case region.Free:
		p := absent.because("PUT a claimant to claim the handle.")
		p.owner = owner
		return p
	}
	c.open("name", "claimant")
	if a.Claimant == "" {
		c.out = append(c.out, "null"...)
	} else {
		c.out = appendString(c.out, a.Claimant)
	}
	c.out = appendString(append(c.out, `,"owner":`...), owner)
	if a.Outcome == region.Created {
		return c.finish(http.StatusCreated)
	}
	return c.finish(http.StatusOK)
}
