package history

import (
	"bytes"
	"encoding/json"
	"strconv"

	"github.com/go-json-experiment/json/jsontext"

	"pangea/gen/measure"
	"pangea/gen/workload"
)

// Call is an operation that has ended, for a Writer.
type Call struct {
	measure.Sample
	Session   int
	At        string // the place that was asked
	MinVector string // what was sent along
	Body      []byte // of the answer
}

// Record is a line of a history: one operation, and all that its client knows of it.
type Record struct {
	Index   uint64          `json:"i"`
	Session int             `json:"session"`
	At      string          `json:"at"` // the place that was asked
	Class   workload.Class  `json:"class"`
	Key     string          `json:"key"`
	Kind    workload.Kind   `json:"op"`
	Arg     json.RawMessage `json:"arg,omitempty"` // the body sent
	Min     string          `json:"min,omitempty"` // the version vector sent along

	Start   int64           `json:"start"` // when it was sent, in ns from the start of the run
	End     int64           `json:"end"`
	Outcome measure.Outcome `json:"outcome"`
	By      string          `json:"by,omitempty"` // the region that served it
	Status  int             `json:"status,omitempty"`
	Answer  json.RawMessage `json:"answer,omitempty"` // the body: the value read, and the version vector
	Error   string          `json:"error,omitempty"`  // instead of an answer
}

// appendCall appends the line of a call whose times are start and end. It is what a run
// pays for its history, so it copies bodies as they are: they were JSON on the wire.
func appendCall(b []byte, c *Call, start, end int64) []byte {
	b = strconv.AppendUint(append(b, `{"i":`...), c.Op.Index, 10)
	b = strconv.AppendInt(append(b, `,"session":`...), int64(c.Session), 10)
	b = appendText(append(b, `,"at":`...), c.At)
	b = appendText(append(b, `,"class":`...), c.Op.Class.String())
	b = appendText(append(b, `,"key":`...), c.Op.Key)
	b = appendText(append(b, `,"op":`...), c.Op.Kind.String())
	if len(c.Op.Body) > 0 {
		b = append(append(b, `,"arg":`...), c.Op.Body...)
	}
	if c.MinVector != "" {
		b = appendText(append(b, `,"min":`...), c.MinVector)
	}
	b = strconv.AppendInt(append(b, `,"start":`...), start, 10)
	b = strconv.AppendInt(append(b, `,"end":`...), end, 10)
	b = appendText(append(b, `,"outcome":`...), measure.OutcomeOf(c.Op.Kind, c.Answer.Status, c.Err).String())
	return append(appendAnswer(b, c), '}', '\n')
}

func appendAnswer(b []byte, c *Call) []byte {
	if c.Err != nil {
		return appendText(append(b, `,"error":`...), c.Err.Error())
	}
	b = appendText(append(b, `,"by":`...), c.Answer.ServedBy)
	b = strconv.AppendInt(append(b, `,"status":`...), int64(c.Answer.Status), 10)
	body := bytes.TrimSpace(c.Body)
	switch {
	case len(body) == 0:
		return b
	case json.Valid(body) && bytes.IndexByte(body, '\n') < 0:
		return append(append(b, `,"answer":`...), body...)
	default: // a page of some proxy
		return appendText(append(b, `,"answer":`...), string(body))
	}
}

func appendText(b []byte, s string) []byte {
	b, _ = jsontext.AppendQuote(b, s) // the error is invalid UTF-8, which it replaces
	return b
}
