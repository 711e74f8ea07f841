package gen

import (
	"bytes"
	"sync"

	"pangea/crdt"
)

// session is what a client was shown. It is safe for concurrent use, as a client does not
// wait for its answers. The zero value has seen nothing.
type session struct {
	mu   sync.Mutex
	seen crdt.Vector
}

// vector is what the client asks not to be shown less than.
func (s *session) vector() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.seen.String()
}

// saw takes the vector of an answer in, if it has one.
func (s *session) saw(body []byte) {
	const member = `"version_vector":"`
	at := bytes.LastIndex(body, []byte(member)) // the answer's own, whatever the value is
	if at < 0 {
		return
	}
	text, _, _ := bytes.Cut(body[at+len(member):], []byte{'"'})
	v, err := crdt.ParseVector(string(text))
	if err != nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.seen == nil {
		s.seen = crdt.Vector{}
	}
	s.seen.Join(v)
}
