package api

import (
	"bytes"
	"io"
	"net/http"
	"time"

	"pangea/crdt"
	"pangea/region"
)

const (
	maxBatch      = 8 << 20 // bytes of a batch
	maxBatchLines = 100_000
	// batchPart is how many lines are submitted at once: their answers are sent
	// before the next ones are.
	batchPart = 1000
)

// batch answers each line of NDJSON with one line. The whole body is read first:
// many clients send all of it before they read any answer, and a server that does
// otherwise would stand still with them.
func (c *call) batch() error {
	select {
	case c.api.batches <- struct{}{}:
	case <-c.ctx.Done():
		return unavailable.because("Nothing was written: too many batches at once, try again in a second.")
	}
	done := func() { <-c.api.batches }
	defer func() {
		if !c.streams {
			done()
		}
	}()
	if err := c.readBatch(); err != nil {
		return err
	}
	b := batch{call: c, rest: c.raw, shown: crdt.Vector{}}
	b.next()
	b.part()
	c.head(http.StatusOK, lineJSON)
	c.stream(b.send, done)
	return nil
}

func (c *call) readBatch() error {
	if err := c.readBody(maxBatch); err != nil {
		return err
	}
	if bytes.Count(c.raw, []byte{'\n'}) > maxBatchLines {
		return tooLarge.because("Send at most %d lines in a batch.", maxBatchLines)
	}
	if len(bytes.TrimSpace(c.raw)) == 0 {
		return malformed.because("Send one JSON object a line.")
	}
	return nil
}

// batch is a batch under way.
type batch struct {
	*call
	rest  []byte // lines not taken yet
	taken int    // lines taken
	lines []line // of this part

	shown crdt.Vector // the highest vector in an answer so far
}

// next takes the lines of one part, leaving out blank ones.
func (b *batch) next() bool {
	b.lines = b.lines[:0]
	for len(b.rest) > 0 && len(b.lines) < batchPart {
		var text []byte
		text, b.rest, _ = bytes.Cut(b.rest, []byte{'\n'})
		if text = bytes.TrimSpace(text); len(text) > 0 {
			b.lines = append(b.lines, b.parse(text))
			b.taken++
		}
	}
	return len(b.lines) > 0
}

// send sends the answers of each part, of which the first is ready, before the next one
// is submitted. The header X-Version-Vector covers the first part; the trailer of the
// same name, all.
func (b *batch) send(w io.Writer) error {
	for {
		if _, err := w.Write(b.out); err != nil {
			return err
		}
		if !b.next() {
			return b.trail()
		}
		b.part()
	}
}

func (b *batch) trail() error {
	header := &b.req.Response.Header
	if err := header.AddTrailer("X-Version-Vector"); err != nil {
		return err
	}
	header.Set("X-Version-Vector", b.version.value)
	return nil
}

// part commits the lines taken, and answers them.
func (b *batch) part() {
	writes := make([]region.Write, 0, len(b.lines))
	for _, l := range b.lines {
		if l.err == nil {
			writes = append(writes, l.w)
		}
	}
	if len(writes) > 0 {
		b.commit(writes)
	}
	b.out = b.out[:0]
	for i := range b.lines {
		b.answer(&b.lines[i])
	}
	b.at(b.shown.Clone())
}

func (b *batch) commit(writes []region.Write) {
	ctx := b.api.deadlines.after(b.api.cfg.Timeout+b.cond.ackWait(), time.Now())
	results, errs := b.api.Writer.DoAll(ctx, writes)
	on, i := crdt.Vector{}, 0
	for n := range b.lines {
		if l := &b.lines[n]; l.err == nil {
			if l.res, l.err = results[i], errs[i]; l.err == nil {
				b.restsOn(on, &l.res)
			}
			i++
		}
	}
	b.ctx = ctx
	if err := b.acknowledged(on); err != nil { // of the part as a whole
		for n := range b.lines {
			if l := &b.lines[n]; l.err == nil {
				l.err = err
			}
		}
	}
}

func (b *batch) answer(l *line) {
	out := append(b.out, '{')
	if l.err != nil {
		out = b.appendProblem(out, b.asProblem(l.err))
	} else {
		out = append(out, `"status":200`...)
	}
	if l.id != "" {
		out = appendString(append(out, `,"id":`...), l.id)
	}
	if l.err == nil {
		if l.w.Op == region.IncrCounter {
			out = append(append(out, `,"value":`...), l.res.Value...)
		}
		if l.res.Replayed {
			out = append(out, `,"replayed":true`...)
		}
	}
	if l.res.Vector != nil {
		b.at(l.res.Vector)
		b.shown.Join(l.res.Vector)
		out = b.appendVersion(out)
	}
	b.out = append(out, '}', '\n')
}
