package api

import (
	"bytes"
	"encoding/json"
	"maps"
	"net/http"

	"github.com/go-json-experiment/json/jsontext"

	"pangea/crdt"
)

// Content types of answers.
const (
	plainJSON   = "application/json"
	problemJSON = "application/problem+json"
	lineJSON    = "application/x-ndjson"
	binary      = "application/octet-stream"
)

func appendString(b []byte, s string) []byte {
	b, _ = jsontext.AppendQuote(b, s) // the error is invalid UTF-8, which it replaces
	return b
}

// open begins an answer with its name: {"key":"…","member":
func (c *call) open(name, member string) {
	c.out = append(append(append(c.out[:0], `{"`...), name...), `":`...)
	c.out = appendString(c.out, c.key)
	c.out = append(append(append(c.out, `,"`...), member...), `":`...)
}

// finish ends an answer that was opened and sends it.
func (c *call) finish(status int) error {
	c.out = append(c.appendVersion(c.out), '}')
	c.send(status, plainJSON)
	return nil
}

// appendVersion appends the member version_vector.
func (c *call) appendVersion(b []byte) []byte {
	return append(append(append(b, `,"version_vector":"`...), c.version.value...), '"')
}

// spelled is a vector as a header's value.
type spelled struct {
	vector crdt.Vector
	value  string
}

// at says which vector the answer shows. Most answers show the same one as the
// answer before, as a commit or a merge moves it and not each write.
func (c *call) at(v crdt.Vector) {
	last := c.api.spelled.Load()
	if last == nil || !maps.Equal(last.vector, v) {
		last = &spelled{v, v.String()}
		c.api.spelled.Store(last)
	}
	c.version = last
}

// head sets the status and the headers that most answers have.
func (c *call) head(status int, contentType string) {
	c.req.SetStatusCode(status)
	c.req.SetContentType(contentType)
	if c.version != nil {
		c.req.Response.Header.Set("X-Version-Vector", c.version.value)
	}
}

// send sends c.out.
func (c *call) send(status int, contentType string) {
	c.head(status, contentType)
	if len(c.out) == 0 || c.out[len(c.out)-1] == '}' {
		c.out = append(c.out, '\n')
	}
	if len(c.out) <= copiedAnswer {
		c.req.SetBody(c.out)
		return
	}
	c.req.Response.SetBodyRaw(c.out) // the connection would keep the memory of a copy
	c.out = nil
}

// encode sends v as JSON, with < and > as they are. It is for people and tools, not for
// the hot path.
func (c *call) encode(v any) error {
	out := bytes.NewBuffer(c.out[:0])
	encoder := json.NewEncoder(out)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(v); err != nil {
		return err
	}
	c.out = out.Bytes()
	c.send(http.StatusOK, plainJSON)
	return nil
}
