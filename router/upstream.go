package router

import (
	"bufio"
	"context"
	"errors"
	"net"
	"net/http"
	"slices"
	"sync"
	"syscall"
	"time"
)

const (
	maxConns  = 4096             // 3,000 requests/s at 150 ms of round trip need 450
	idleLimit = 30 * time.Second // regions keep an idle connection for longer
)

// upstream keeps the connections to one region. A request makes its round trip on
// the caller's goroutine, is written at most once, and is never repeated here: if the
// error is one of dialing, the region has seen nothing of it.
type upstream struct {
	addr   string
	dialer net.Dialer
	slots  chan struct{} // one per request under way; there are never more connections

	mu   sync.Mutex
	idle []*conn // the one used last at the end, and used first
}

func newUpstream(addr string, dialTimeout time.Duration) *upstream {
	return &upstream{addr: addr, dialer: net.Dialer{Timeout: dialTimeout}, slots: make(chan struct{}, maxConns)}
}

// conn is one connection, used by one request at a time.
type conn struct {
	*net.TCPConn
	in        *bufio.Reader
	head      []byte      // of the request being written, reused
	release   func() bool // ends the hold that the request's context has on c
	idleSince time.Time
}

// take returns a connection that ends with ctx, for one round trip.
func (u *upstream) take(ctx context.Context) (*conn, error) {
	select {
	case u.slots <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	c, err := u.connect(ctx)
	if err != nil {
		<-u.slots
		return nil, err
	}
	c.release = context.AfterFunc(ctx, c.expire)
	return c, nil
}

func (u *upstream) connect(ctx context.Context) (*conn, error) {
	for c := u.pop(); c != nil; c = u.pop() {
		if c.quiet() {
			return c, nil
		}
		c.Close()
	}
	dialed, err := u.dialer.DialContext(ctx, "tcp", u.addr)
	if err != nil {
		return nil, err
	}
	return &conn{TCPConn: dialed.(*net.TCPConn), in: bufio.NewReader(dialed)}, nil
}

func (u *upstream) pop() *conn {
	u.mu.Lock()
	defer u.mu.Unlock()
	last := len(u.idle) - 1
	if last < 0 {
		return nil
	}
	c := u.idle[last]
	u.idle = slices.Delete(u.idle, last, last+1)
	return c
}

// give takes c back after its round trip, to be used again if it is clean: the
// answer was read to its end, and the region did not say that it closes c.
func (u *upstream) give(c *conn, clean bool) {
	defer func() { <-u.slots }()
	held := c.release()
	if !clean || !held || c.in.Buffered() > 0 {
		c.Close()
		return
	}
	c.idleSince = time.Now()
	u.mu.Lock()
	defer u.mu.Unlock()
	u.idle = append(u.idle, c)
}

// closeIdle closes the connections that have not been used for as long as limit.
func (u *upstream) closeIdle(limit time.Duration) {
	since := time.Now().Add(-limit)
	u.mu.Lock()
	defer u.mu.Unlock()
	n := 0
	for n < len(u.idle) && !u.idle[n].idleSince.After(since) {
		u.idle[n].Close()
		n++
	}
	u.idle = slices.Delete(u.idle, 0, n)
}

// quiet reports whether an idle connection is fit for use: the region has not closed
// it, and has sent nothing unasked. To find out by writing would be too late: no one
// could tell whether the request had its effect.
func (c *conn) quiet() bool {
	raw, err := c.SyscallConn()
	if err != nil {
		return false
	}
	var nothing error
	err = raw.Read(func(fd uintptr) bool {
		var b [1]byte
		_, nothing = syscall.Read(int(fd), b[:]) // does not wait; a byte read is the end of c anyway
		return true
	})
	return err == nil && errors.Is(nothing, syscall.EAGAIN)
}

// expire ends a round trip under way.
func (c *conn) expire() { _ = c.SetDeadline(time.Unix(1, 0)) }

// roundTrip writes the request of c.head and body, and reads the head of the answer.
func (c *conn) roundTrip(r *http.Request, body []byte) (*http.Response, error) {
	message := net.Buffers{c.head, body}
	_, cut := message.WriteTo(c.TCPConn)
	resp, err := http.ReadResponse(c.in, r)
	for err == nil && resp.StatusCode < 200 { // only announces the answer
		resp, err = http.ReadResponse(c.in, r)
	}
	switch {
	case cut == nil:
		return resp, err
	case err != nil:
		return nil, cut
	}
	resp.Close = true // the region answered, and hung up before it had read everything
	return resp, nil
}
