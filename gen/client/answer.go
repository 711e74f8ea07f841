package client

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"net/http"
	"strconv"
)

// readAnswer copies the body to one that is not nil, and reports whether the connection
// can carry another request. It reads the answers that a region gives all day; any
// other is left to net/http.
func (c *conn) readAnswer(body *bytes.Buffer) (Answer, bool, error) {
	head, err := c.peekHead()
	if err != nil {
		return Answer{}, false, err
	}
	h, plain := parseHead(head)
	if !plain {
		return c.readOther(body)
	}
	if string(h.servedBy) != c.servedBy {
		c.servedBy = string(h.servedBy)
	}
	if _, err := c.in.Discard(len(head)); err != nil {
		return Answer{}, false, err
	}
	if body == nil {
		_, err = c.in.Discard(h.length)
	} else {
		_, err = io.CopyN(body, c.in, int64(h.length))
	}
	return Answer{Status: h.status, ServedBy: c.servedBy}, true, err
}

// peekHead waits for the head of an answer and returns it, or as much of it as the
// buffer holds.
func (c *conn) peekHead() ([]byte, error) {
	for n := 1; ; n = c.in.Buffered() + 1 {
		_, err := c.in.Peek(n)
		seen, _ := c.in.Peek(c.in.Buffered())
		if end := bytes.Index(seen, []byte("\r\n\r\n")); end >= 0 {
			return seen[:end+4], nil
		}
		if errors.Is(err, bufio.ErrBufferFull) {
			return seen, nil
		}
		if err != nil {
			return nil, err
		}
	}
}

// head is what matters of an answer's head.
type head struct {
	status, length int
	servedBy       []byte
}

// parseHead reports whether the answer is plain: whole, final, of known length, on a
// connection that stays.
func parseHead(text []byte) (h head, plain bool) {
	const statusLine = len("HTTP/1.1 200")
	if len(text) < statusLine || !bytes.HasPrefix(text, []byte("HTTP/1.1 ")) || !bytes.HasSuffix(text, []byte("\r\n\r\n")) {
		return h, false
	}
	status, err := strconv.Atoi(string(text[statusLine-3 : statusLine]))
	if err != nil || status < 200 {
		return h, false
	}
	h.status, h.length = status, -1
	for line := range bytes.Lines(text) {
		name, value, found := bytes.Cut(line, []byte(":"))
		value = bytes.TrimSpace(value)
		switch {
		case !found:
		case isHeader(name, "Content-Length"):
			if h.length, err = strconv.Atoi(string(value)); err != nil || h.length < 0 {
				return h, false
			}
		case isHeader(name, "X-Served-By"):
			h.servedBy = value
		case isHeader(name, "Connection"), isHeader(name, "Transfer-Encoding"):
			return h, false
		}
	}
	return h, h.length >= 0
}

func isHeader(got []byte, name string) bool {
	return len(got) == len(name) && bytes.EqualFold(got, []byte(name))
}

func (c *conn) readOther(body *bytes.Buffer) (Answer, bool, error) {
	resp, err := http.ReadResponse(c.in, nil)
	if err != nil {
		return Answer{}, false, err
	}
	defer resp.Body.Close()
	if body == nil {
		_, err = io.Copy(io.Discard, resp.Body)
	} else {
		_, err = body.ReadFrom(resp.Body)
	}
	return Answer{Status: resp.StatusCode, ServedBy: resp.Header.Get("X-Served-By")}, !resp.Close, err
}
