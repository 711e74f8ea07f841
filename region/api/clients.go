package api

import (
	"errors"
	"net"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

const (
	// reading is how long a client that was answered before its request was read to the
	// end has to take the answer: a connection closed with something unread is reset, and
	// with it goes what the client has not seen.
	reading = 500 * time.Millisecond
	// fileWait is the pause before another try to accept when there are too many files.
	fileWait = 100 * time.Millisecond
)

// clients are the connections that a listener has accepted.
type clients struct {
	net.Listener
	served sync.WaitGroup // those that the server has not closed

	mu     sync.Mutex
	open   map[*client]struct{}
	closed bool
}

// client is one connection.
type client struct {
	net.Conn
	of      *clients
	heard   bool        // it has sent something
	refused atomic.Bool // its last request may not have been read to its end
	once    sync.Once
}

func newClients(l net.Listener) *clients {
	return &clients{Listener: l, open: map[*client]struct{}{}}
}

// Accept implements net.Listener.
func (cs *clients) Accept() (net.Conn, error) {
	conn, err := cs.Listener.Accept()
	for errors.Is(err, syscall.EMFILE) || errors.Is(err, syscall.ENFILE) {
		time.Sleep(fileWait) // the server would give up
		conn, err = cs.Listener.Accept()
	}
	if err != nil {
		return nil, err
	}
	cs.mu.Lock()
	defer cs.mu.Unlock()
	if cs.closed {
		_ = conn.Close()
		return nil, net.ErrClosed
	}
	c := &client{Conn: conn, of: cs}
	cs.open[c] = struct{}{}
	cs.served.Add(1)
	return c, nil
}

// close ends every connection, and returns when no request is under way.
func (cs *clients) close() {
	_ = cs.Listener.Close()
	cs.mu.Lock()
	cs.closed = true
	for c := range cs.open {
		_ = c.Conn.Close()
	}
	cs.mu.Unlock()
	cs.served.Wait()
}

// Read implements net.Conn, for one reader.
func (c *client) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	c.heard = c.heard || n > 0
	return n, err
}

// Close implements net.Conn. The server calls it when it is done with the connection.
func (c *client) Close() error {
	c.once.Do(func() {
		half, ok := c.Conn.(interface{ CloseWrite() error })
		if ok && c.refused.Load() && half.CloseWrite() == nil {
			time.AfterFunc(reading, c.end)
		} else {
			c.end()
		}
		c.of.served.Done()
	})
	return nil
}

func (c *client) end() {
	_ = c.Conn.Close()
	c.of.mu.Lock()
	defer c.of.mu.Unlock()
	delete(c.of.open, c)
}
