package router

import (
	"bytes"
	"context"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"pangea/crdt"
)

const minVersionVector = "X-Min-Version-Vector"

// newTransport holds the connections to one region. A region must keep an idle
// connection for longer than the 30 s here, or a write could meet its closing.
func newTransport(dialTimeout time.Duration) *http.Transport {
	return &http.Transport{
		DialContext:         (&net.Dialer{Timeout: dialTimeout}).DialContext,
		MaxIdleConns:        1024,
		MaxIdleConnsPerHost: 1024,
		MaxConnsPerHost:     4096, // 3,000 requests/s at 150 ms of round trip need 450
		IdleConnTimeout:     30 * time.Second,
		DisableCompression:  true, // the client's own Accept-Encoding stands
	}
}

// outgoing is r as it goes to the region at addr.
func outgoing(ctx context.Context, r *http.Request, body []byte, t ticket) *http.Request {
	out := r.WithContext(ctx)
	out.URL = target(t.addr, r.RequestURI)
	out.RequestURI = ""
	out.Header = outgoingHeader(r.Header)
	demand(out.Header, t.demand)
	out.TransferEncoding, out.Trailer, out.Close = nil, nil, false
	out.Body, out.GetBody, out.ContentLength = nil, nil, int64(len(body))
	if len(body) > 0 {
		out.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(body)), nil }
		out.Body, _ = out.GetBody()
	}
	return out
}

// target keeps the request line as the client wrote it: through Path and RawPath a
// %2F would become a slash wherever the path also has a character that net/url
// prefers to escape.
func target(addr, requestURI string) *url.URL {
	u := &url.URL{Scheme: "http", Host: addr, Opaque: requestURI}
	if strings.HasPrefix(requestURI, "//") {
		u.Opaque = "//" + addr + requestURI // else its first segment would be read as the host
	}
	return u
}

func outgoingHeader(in http.Header) http.Header {
	h := in.Clone()
	removeHopByHop(h)
	h.Del("Expect") // the body is here already
	if _, ok := h["User-Agent"]; !ok {
		h["User-Agent"] = nil // else the transport would add its own
	}
	// The transport repeats by itself what carries an idempotency key, and then may
	// report a refused connection for a request that has been sent. Under its lower-case
	// name, the same to the region, the key is just a header.
	for _, name := range [...]string{"Idempotency-Key", "X-Idempotency-Key"} {
		if key, ok := h[name]; ok {
			delete(h, name)
			h[strings.ToLower(name)] = key
		}
	}
	return h
}

// demand raises the client's own X-Min-Version-Vector to at least v. One that
// cannot be read stays as it is: the region will say so.
func demand(h http.Header, v crdt.Vector) {
	if v == nil {
		return
	}
	own, err := crdt.ParseVector(h.Get(minVersionVector))
	if err != nil {
		return
	}
	own.Join(v)
	h.Set(minVersionVector, own.String())
}

// removeHopByHop drops what concerns one connection only (RFC 9110, 7.6.1).
func removeHopByHop(h http.Header) {
	for _, list := range h["Connection"] {
		for name := range strings.SplitSeq(list, ",") {
			h.Del(strings.TrimSpace(name))
		}
	}
	for _, name := range [...]string{
		"Connection", "Proxy-Connection", "Keep-Alive", "Proxy-Authenticate",
		"Proxy-Authorization", "Te", "Trailer", "Transfer-Encoding", "Upgrade",
	} {
		delete(h, name)
	}
}
