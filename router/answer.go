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
	whole  bool
	buffer *[]byte
	pool   *sync.Pool
	cancel func()
}

// receive reads the start of resp into a buffer of pool.
func (a *answer) receive(resp *http.Response, pool *sync.Pool) error {
	a.resp, a.pool = resp, pool
	a.buffer = pool.Get().(*[]byte)
	for n := 0; n < len(*a.buffer); {
		m, err := resp.Body.Read((*a.buffer)[n:])
		n += m
		a.head = (*a.buffer)[:n]
		if a.whole = err == io.EOF; a.whole {
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
	text := a.resp.Header.Get("X-Version-Vector")
	if text == "" {
		return nil, false
	}
	v, err := crdt.ParseVector(text)
	return v, err == nil
}

// write passes the answer on.
func (a *answer) write(w http.ResponseWriter) {
	removeHopByHop(a.resp.Header)
	h := w.Header()
	for name, values := range a.resp.Header {
		h[name] = values
	}
	w.WriteHeader(a.resp.StatusCode)
	if _, err := w.Write(a.head); err != nil || a.whole {
		return
	}
	if _, err := io.CopyBuffer(writerOnly{w}, a.resp.Body, *a.buffer); err != nil {
		// The status is out. Only a connection that breaks tells the client that
		// the answer is not whole.
		panic(http.ErrAbortHandler)
	}
}

// writerOnly hides ReadFrom, which would take another buffer.
type writerOnly struct{ io.Writer }

// release must be called once for every answer.
func (a *answer) release() {
	if a.resp != nil {
		_ = a.resp.Body.Close()
		a.pool.Put(a.buffer)
		a.resp, a.head = nil, nil
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
