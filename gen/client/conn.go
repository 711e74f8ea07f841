package client

import (
	"bufio"
	"bytes"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"time"
)

// conn is one connection, used by one request at a time.
type conn struct {
	net.Conn
	in        *bufio.Reader
	out       []byte // the request being written, reused
	servedBy  string // by the last answer
	idleSince time.Time
}

func dial(host string, deadline time.Time) (*conn, error) {
	c, err := (&net.Dialer{Deadline: deadline}).Dial("tcp", host)
	if err != nil {
		return nil, err
	}
	return &conn{Conn: c, in: bufio.NewReaderSize(c, 2048)}, nil
}

// roundTrip sends the request in one write and reads the answer. It reports
// whether the connection can carry another request.
func (c *conn) roundTrip(host string, req Request, body *bytes.Buffer, deadline time.Time) (Answer, bool, error) {
	if err := c.SetDeadline(deadline); err != nil {
		return Answer{}, false, fmt.Errorf("set deadline: %w", err)
	}
	c.out = appendRequest(c.out[:0], host, req)
	if _, err := c.Write(c.out); err != nil {
		return Answer{}, false, fmt.Errorf("write request: %w", err)
	}
	answer, keep, err := c.readAnswer(body)
	if err != nil {
		return Answer{}, false, fmt.Errorf("read answer: %w", err)
	}
	return answer, keep, nil
}

func appendRequest(b []byte, host string, req Request) []byte {
	b = append(append(b, req.Method...), ' ')
	b = append(append(b, req.Path...), " HTTP/1.1\r\nHost: "...)
	b = append(b, host...)
	if req.Method != http.MethodGet {
		b = append(b, "\r\nContent-Type: application/json\r\nContent-Length: "...)
		b = strconv.AppendInt(b, int64(len(req.Body)), 10)
	}
	if req.Ack != "" {
		b = append(append(b, "\r\nX-Ack: "...), req.Ack...)
	}
	if req.MinVector != "" {
		b = append(append(b, "\r\nX-Min-Version-Vector: "...), req.MinVector...)
	}
	return append(append(b, "\r\n\r\n"...), req.Body...)
}
