package client

import (
	"bytes"
	"errors"
	"fmt"
	"net"
	"net/url"
	"sync"
	"time"
)

// ErrNotSent marks a request that never left: no connection could be made.
var ErrNotSent = errors.New("not sent")

// idleLimit keeps clear of servers that close connections they think unused.
const idleLimit = 15 * time.Second

// Request is one HTTP request. Path is already escaped.
type Request struct {
	Method, Path string
	Body         []byte
	Ack          string // the X-Ack header, unless empty: who must have stored a write
	MinVector    string // the X-Min-Version-Vector header, unless empty: what the server must show first
}

// Answer is what the server said.
type Answer struct {
	Status   int
	ServedBy string // the X-Served-By header: which region it was
}

// Client talks to one host over as many connections as there are requests in
// flight. It is safe for concurrent use.
type Client struct {
	host    string
	timeout time.Duration

	mu   sync.Mutex
	idle []*conn // the latest used last, and used first
}

// New returns a client for a base URL such as http://127.0.0.1:8081. A request,
// with making its connection, takes at most the timeout.
func New(base string, timeout time.Duration) (*Client, error) {
	u, err := url.Parse(base)
	if err != nil || u.Scheme != "http" || u.Host == "" || (u.Path != "" && u.Path != "/") {
		return nil, fmt.Errorf("target %q: want a base URL such as http://127.0.0.1:8081", base)
	}
	host := u.Host
	if u.Port() == "" {
		host = net.JoinHostPort(u.Hostname(), "80")
	}
	return &Client{host: host, timeout: timeout}, nil
}

// Do sends a request and waits for the answer. It copies the answer's body to
// body, unless that is nil. It takes no context: a request in flight when a run
// ends is waited for, because its outcome counts.
func (c *Client) Do(req Request, body *bytes.Buffer) (Answer, error) {
	deadline := time.Now().Add(c.timeout)
	conn, err := c.take(deadline)
	if err != nil {
		return Answer{}, fmt.Errorf("%w: %w", ErrNotSent, err)
	}
	answer, keep, err := conn.roundTrip(c.host, req, body, deadline)
	if err != nil {
		conn.Close()
		c.Close()
		return Answer{}, fmt.Errorf("%s %s: %w", req.Method, req.Path, err)
	}
	if keep {
		c.put(conn)
	} else {
		conn.Close()
	}
	return answer, nil
}

// Close closes the idle connections. The client stays usable.
func (c *Client) Close() {
	c.mu.Lock()
	idle := c.idle
	c.idle = nil
	c.mu.Unlock()
	for _, conn := range idle {
		conn.Close()
	}
}

func (c *Client) put(conn *conn) {
	conn.idleSince = time.Now()
	c.mu.Lock()
	defer c.mu.Unlock()
	c.idle = append(c.idle, conn)
}

// take returns an idle connection or makes one.
func (c *Client) take(deadline time.Time) (*conn, error) {
	for {
		conn := c.pop()
		if conn == nil {
			return dial(c.host, deadline)
		}
		if time.Since(conn.idleSince) < idleLimit {
			return conn, nil
		}
		conn.Close()
	}
}

func (c *Client) pop() *conn {
	c.mu.Lock()
	defer c.mu.Unlock()
	last := len(c.idle) - 1
	if last < 0 {
		return nil
	}
	conn := c.idle[last]
	c.idle[last] = nil
	c.idle = c.idle[:last]
	return conn
}
