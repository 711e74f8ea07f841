package api

import (
	"errors"
	"fmt"
	"io"
	"runtime/debug"
)

// stream is a body that is written while it is made, after the handler has returned. The
// call goes on with it.
type stream struct {
	*call
	write func(io.Writer) error
	close func()
	sick  bool // write panicked
}

// stream answers with what write writes, each Write in a chunk that is sent at once. If
// it fails, the connection breaks, so that what was sent does not look like all. done is
// called last, whatever comes.
func (c *call) stream(write func(io.Writer) error, done func()) {
	c.streams = true
	c.req.Response.SetBodyStream(&stream{call: c, write: write, close: done}, -1)
}

// WriteTo implements io.WriterTo. A panic breaks this one connection.
func (s *stream) WriteTo(w io.Writer) (n int64, err error) {
	defer func() {
		if p := recover(); p != nil {
			s.sick, err = true, fmt.Errorf("panic: %v\n%s", p, debug.Stack())
			s.api.cfg.Logger.Error("answer broken off", "method", s.method(), "uri", s.uri, "err", err)
		}
	}()
	return 0, s.write(w)
}

// SupportsBodyWriteTo implements fasthttp.BodyWriterTo: call WriteTo, and Read never.
func (s *stream) SupportsBodyWriteTo() bool { return true }

func (s *stream) Read([]byte) (int, error) { return 0, errors.ErrUnsupported }

// Close implements io.Closer. The server calls it when the body was sent, or cannot be. A
// call that panicked is not given back.
func (s *stream) Close() error {
	s.close()
	if s.sick {
		s.count()
	} else {
		s.end()
	}
	return nil
}
