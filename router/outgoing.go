package router

import (
	"cmp"
	"iter"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"pangea/crdt"
)

const minVersionVector = "X-Min-Version-Vector"

// appendHead writes the head of r as it goes to the region of t, with a body of
// length bytes. The request line stays as the client wrote it.
func appendHead(b []byte, r *http.Request, length int, t ticket) []byte {
	b = append(append(b, r.Method...), ' ')
	b = append(append(b, r.RequestURI...), " HTTP/1.1\r\n"...)
	b = appendField(b, "Host", cmp.Or(r.Host, t.addr))
	for name, values := range endToEnd(r.Header) {
		switch name {
		case minVersionVector, "Content-Length", "Expect": // the body is here already
			continue
		}
		for _, value := range values {
			b = appendField(b, name, value)
		}
	}
	for _, value := range demanded(r.Header[minVersionVector], t.demand) {
		b = appendField(b, minVersionVector, value)
	}
	if length > 0 || !isSafe(r.Method) {
		b = appendField(b, "Content-Length", strconv.Itoa(length))
	}
	return append(b, "\r\n"...)
}

func appendField(b []byte, name, value string) []byte {
	b = append(append(b, name...), ": "...)
	return append(append(b, value...), "\r\n"...)
}

// demanded is the client's own X-Min-Version-Vector, raised to at least v. One that
// cannot be read stays as it is: the region will say so.
func demanded(own []string, v crdt.Vector) []string {
	if v == nil {
		return own
	}
	raised, err := crdt.ParseVector(strings.Join(own[:min(len(own), 1)], ""))
	if err != nil {
		return own
	}
	raised.Join(v)
	return []string{raised.String()}
}

// endToEnd is h without what concerns one connection only (RFC 9110, 7.6.1).
func endToEnd(h http.Header) iter.Seq2[string, []string] {
	named := h["Connection"]
	return func(yield func(string, []string) bool) {
		for name, values := range h {
			if !isHopByHop(name) && !isNamed(named, name) && !yield(name, values) {
				return
			}
		}
	}
}

func isHopByHop(name string) bool {
	switch name {
	case "Connection", "Proxy-Connection", "Keep-Alive", "Proxy-Authenticate",
		"Proxy-Authorization", "Te", "Trailer", "Transfer-Encoding", "Upgrade":
		return true
	}
	return false
}

// isNamed reports whether a Connection header lists name.
func isNamed(lists []string, name string) bool {
	return slices.ContainsFunc(lists, func(list string) bool {
		for item := range strings.SplitSeq(list, ",") {
			if strings.EqualFold(strings.TrimSpace(item), name) {
				return true
			}
		}
		return false
	})
}
