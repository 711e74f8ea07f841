package router

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"sync"

	"pangea/crdt"
)

// answer is what one attempt brought: an outcome, and a response unless it is
// refused, broken or gone. The response's first bytes have been read, so an answer
// that fits the buffer is whole before its first byte is passed on.
type answer struct {
	ticket
	outcome outcome

	resp   *http.Response
	head   []byte
	buffer *[]byte
	pool   *sync.Pool
	conn   *conn // nil once the region's part is over
	cancel func()
}

// fetch sends r with body, and receives the answer as far as it fits the buffer.
func (a *answer) fetch(ctx context.Context, r *http.Request, body []byte) (err error) {
	if a.conn, err = a.upstream.take(ctx); err != nil {
		return err
	}
	a.conn.head = appendHead(a.conn.head[:0], r, len(body), a.ticket)
	if a.resp, err = a.conn.roundTrip(r, body); err != nil {
		return err
	}
	return a.receive()
}

// receive reads the start of the answer into a buffer of the pool.
func (a *answer) receive() error {
	a.buffer = a.pool.Get().(*[]byte)
	for n := 0; n < len(*a.buffer); {
		m, err := a.resp.Body.Read((*a.buffer)[n:])
		n += m
		a.head = (*a.buffer)[:n]
		if err == io.EOF {
			a.end(true) // a slow client must not hold the region's connection
			return nil
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// classify names the outcome of a response.
func (a *answer) classify() outcome {
	switch a.resp.StatusCode {
	case http.StatusServiceUnavailable:
		switch problemName(a.head) {
		case "not-ready":
			return notReady
		case "not-caught-up":
			return behind
		}
		return unavailable
	case http.StatusGatewayTimeout:
		return uncertain
	}
	return answered
}

// vector is what the answer shows; false if it says nothing about that.
func (a *answer) vector() (crdt.Vector, bool) {
	text := a.resp.Trailer.Get("X-Version-Vector")
	if text == "" {
		text = a.resp.Header.Get("X-Version-Vector")
	}
	if text == "" {
		return nil, false
	}
	v, err := crdt.ParseVector(text)
	return v, err == nil
}

// write passes the answer on.
func (a *answer) write(w http.ResponseWriter) {
	h := w.Header()
	for name, values := range endToEnd(a.resp.Header) {
		h[name] = values
	}
	for name := range a.resp.Trailer {
		h.Add("Trailer", name)
	}
	w.WriteHeader(a.resp.StatusCode)
	if _, err := w.Write(a.head); err != nil {
		return
	}
	a.rest(w)
	for name, values := range a.resp.Trailer {
		h[name] = values
	}
}

// rest passes on what did not fit the buffer.
func (a *answer) rest(w io.Writer) {
	if a.conn == nil {
		return
	}
	if _, err := io.CopyBuffer(writerOnly{w}, a.resp.Body, *a.buffer); err != nil {
		// The status is out. Only a connection that breaks tells the client that
		// the answer is not whole.
		panic(http.ErrAbortHandler)
	}
	a.end(true)
}

// writerOnly hides ReadFrom, which would take another buffer.
type writerOnly struct{ io.Writer }

// release must be called once for every answer.
func (a *answer) release() {
	a.end(false)
	if a.buffer != nil {
		a.pool.Put(a.buffer)
		a.buffer, a.head = nil, nil
	}
}

// end gives the connection back. The answer's body is not closed before: that would
// read it to its end.
func (a *answer) end(whole bool) {
	if a.conn != nil {
		a.upstream.give(a.conn, whole && !a.resp.Close)
		a.conn = nil
	}
	a.cancel()
}

// lost names the outcome of an attempt without a response. Only a connection that
// was never made proves that the region did not see the request.
func lost(client context.Context, err error) outcome {
	switch {
	case client.Err() != nil:
		return gone
	case isDial(err):
		return refused
	}
	return broken
}

func isDial(err error) bool {
	var op *net.OpError
	return errors.As(err, &op) && op.Op == "dial"
}
