package router

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"
)

// idle is how many connections to a region are kept for later.
func (s *stage) idle(region string) int {
	for _, r := range s.router.world.regions {
		if r.name == region {
			r.upstream.mu.Lock()
			defer r.upstream.mu.Unlock()
			return len(r.upstream.idle)
		}
	}
	return -1
}

// gather leaves n idle connections to us, by as many requests at once.
func (s *stage) gather(n int) {
	s.t.Helper()
	var all, clients sync.WaitGroup
	all.Add(n)
	s.region["us"].set(func(a *actor) {
		a.handler = func(w http.ResponseWriter, _ *http.Request) {
			all.Done()
			all.Wait()
			w.Header().Set("X-Served-By", "us")
		}
	})
	for range n {
		clients.Go(func() { s.do("GET", "/counter/a", "") })
	}
	clients.Wait()
	s.region["us"].set(func(a *actor) {
		a.handler = func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("X-Served-By", "us") }
	})
	if got := s.idle("us"); got != n {
		s.t.Fatalf("%d idle connections after %d requests at once", got, n)
	}
}

func TestUpstream_WriteNeverMeetsAConnectionThatHasEnded(t *testing.T) {
	s := newStage(t, func(c *Config) { c.CheckInterval = time.Hour })
	s.gather(8)
	s.region["us"].server.CloseClientConnections() // it is still there
	for range 8 {
		s.servedBy(s.do("POST", "/counter/a/incr", "{}"), "us")
	}
	s.gather(8)
	s.region["us"].server.Close()
	for range 8 {
		s.servedBy(s.do("POST", "/counter/a/incr", "{}"), "eu")
	}
}

func TestUpstream_OneConnectionCarriesEveryKindOfAnswer(t *testing.T) {
	s := newStage(t, func(c *Config) { c.CheckInterval = time.Hour })
	large := strings.Repeat("line\n", 100_000)
	answers := map[string]http.HandlerFunc{
		"empty":    func(http.ResponseWriter, *http.Request) {},
		"fixed":    func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "text") },
		"none":     func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) },
		"as known": func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNotModified) },
		"large":    func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, large) },
		"chunks": func(w http.ResponseWriter, _ *http.Request) {
			fmt.Fprint(w, "te")
			_ = http.NewResponseController(w).Flush()
			fmt.Fprint(w, "xt")
		},
		"announced": func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusContinue)
			w.WriteHeader(http.StatusEarlyHints)
			fmt.Fprint(w, "text")
		},
	}
	want := map[string]reply{
		"empty": {status: 200}, "fixed": {status: 200, body: "text"}, "none": {status: 204}, "as known": {status: 304},
		"large": {status: 200, body: large}, "chunks": {status: 200, body: "text"}, "announced": {status: 200, body: "text"},
	}
	used := sync.Map{}
	for kind, answer := range answers {
		s.region["us"].set(func(a *actor) {
			a.handler = func(w http.ResponseWriter, r *http.Request) {
				used.Store(r.RemoteAddr, true)
				answer(w, r)
			}
		})
		for _, method := range []string{"GET", "HEAD", "POST", "DELETE"} {
			want := want[kind]
			if method == "HEAD" {
				want.body = ""
			}
			got := s.do(method, "/counter/a", "{}")
			if got.err != nil || got.status != want.status || got.body != want.body {
				t.Errorf("%s %s: %d with %d bytes (%v), want %d with %d", method, kind,
					got.status, len(got.body), got.err, want.status, len(want.body))
			}
			s.until("the connection is idle", func() bool { return s.idle("us") == 1 })
		}
	}
	connections := 0
	used.Range(func(any, any) bool { connections++; return true })
	if connections != 1 {
		t.Errorf("%d connections for one request after the other", connections)
	}
}

func TestUpstream_KeepsOnlyCleanConnections(t *testing.T) {
	s := newStage(t, func(c *Config) { c.CheckInterval = time.Hour })
	for name, answer := range map[string]string{
		"closing":      "HTTP/1.1 200 OK\r\nX-Served-By: us\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok",
		"old":          "HTTP/1.0 200 OK\r\nX-Served-By: us\r\nContent-Length: 2\r\n\r\nok",
		"endless":      "HTTP/1.1 200 OK\r\nX-Served-By: us\r\n\r\nok",
		"bytes beyond": "HTTP/1.1 200 OK\r\nX-Served-By: us\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 500 No\r\n\r\n",
	} {
		conn := s.sends("us", answer)
		go func() { (<-conn).Close() }()
		if got := s.do("POST", "/counter/a/incr", ""); got.status != 200 || got.body != "ok" {
			t.Errorf("%s: %+v", name, got)
		}
		if n := s.idle("us"); n != 0 {
			t.Errorf("%s: %d connections are kept", name, n)
		}
	}
}

// A region may say good-bye to a connection before it closes it.
func TestUpstream_WriteNeverMeetsBytesNobodyAskedFor(t *testing.T) {
	s := newStage(t, func(c *Config) { c.CheckInterval = time.Hour })
	conn := s.sends("us", "HTTP/1.1 200 OK\r\nX-Served-By: us\r\nContent-Length: 2\r\n\r\nok")
	s.servedBy(s.do("POST", "/counter/a/incr", ""), "us")
	if n := s.idle("us"); n != 1 {
		t.Fatalf("%d idle connections", n)
	}
	_, _ = io.WriteString(<-conn, "HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\n\r\n")
	s.servedBy(s.do("POST", "/counter/a/incr", ""), "us")
	(<-conn).Close()
}

// sends makes a region answer with these bytes. It leaves the connection open.
func (s *stage) sends(region, answer string) <-chan net.Conn {
	conns := make(chan net.Conn, 2)
	s.region[region].set(func(a *actor) {
		a.handler = func(w http.ResponseWriter, _ *http.Request) {
			if conn, _, err := http.NewResponseController(w).Hijack(); err == nil {
				_, _ = io.WriteString(conn, answer)
				conns <- conn
			}
		}
	})
	return conns
}

func TestUpstream_AnswerCountsThoughTheBodyWasNotRead(t *testing.T) {
	u := newUpstream(refusing(t), time.Second)
	defer u.closeIdle(0)
	c, err := u.take(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	c.head = append(c.head, "POST /batch HTTP/1.1\r\nHost: h\r\nContent-Length: 67108864\r\n\r\n"...)
	resp, err := c.roundTrip(&http.Request{Method: http.MethodPost}, make([]byte, 64<<20))
	if err != nil || resp.StatusCode != 503 || !resp.Close {
		t.Errorf("got %+v (%v), want the region's 503 and no reuse", resp, err)
	}
	u.give(c, false)
}

// refusing is a region that answers a head with 503, and hangs up.
func refusing(t *testing.T) (addr string) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { ln.Close() })
	go func() {
		conn, err := ln.Accept()
		if err != nil {
			return
		}
		defer conn.Close()
		_, _ = conn.Read(make([]byte, 1024))
		_, _ = io.WriteString(conn, "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n")
	}()
	return ln.Addr().String()
}

func TestUpstream_EndsWithTheClient(t *testing.T) {
	s := newStage(t, func(c *Config) { c.CheckInterval = time.Hour })
	arrived, ended := make(chan struct{}), make(chan struct{})
	s.region["us"].set(func(a *actor) {
		a.handler = func(_ http.ResponseWriter, r *http.Request) {
			close(arrived)
			<-r.Context().Done()
			close(ended)
		}
	})
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		<-arrived
		cancel()
	}()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, s.url+"/counter/a/incr", nil)
	if err != nil {
		t.Fatal(err)
	}
	if resp, err := http.DefaultClient.Do(req); err == nil {
		resp.Body.Close()
		t.Fatalf("answered: %v", resp)
	}
	<-ended
	if n := s.idle("us"); n != 0 {
		t.Errorf("%d connections are kept", n)
	}
}

func TestUpstream_Bounds(t *testing.T) {
	s := newStage(t, func(c *Config) { c.CheckInterval = time.Hour })
	u := newUpstream(s.region["us"].server.Listener.Addr().String(), time.Second)
	u.slots = make(chan struct{}, 1)
	c, err := u.take(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	impatient, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	if _, err := u.take(impatient); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("a connection beyond the bound: %v", err)
	}
	u.give(c, true)
	u.closeIdle(time.Hour)
	again, err := u.take(t.Context())
	if err != nil || again != c {
		t.Fatalf("got %v (%v), want the idle connection", again, err)
	}
	u.give(again, true)
	u.closeIdle(0)
	if again, err = u.take(t.Context()); err != nil || again == c {
		t.Fatalf("got %v (%v), want a new connection", again, err)
	}
	u.give(again, false)
}
