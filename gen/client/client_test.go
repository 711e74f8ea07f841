package client

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) {
	if os.Getenv(serverVariable) != "" {
		_ = serve()
		return
	}
	goleak.VerifyTestMain(m)
}

func start(t *testing.T, timeout time.Duration, handler http.HandlerFunc) (*Client, *atomic.Int64) {
	t.Helper()
	var connections atomic.Int64
	server := httptest.NewUnstartedServer(handler)
	server.Config.ConnState = func(_ net.Conn, s http.ConnState) {
		if s == http.StateNew {
			connections.Add(1)
		}
	}
	server.Start()
	t.Cleanup(server.Close)
	c, err := New(server.URL, timeout)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c, &connections
}

func TestClient_SendsWhatWasAskedOnOneConnection(t *testing.T) {
	c, connections := start(t, 5*time.Second, func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		w.Header().Set("X-Served-By", "eu")
		w.WriteHeader(http.StatusCreated)
		fmt.Fprintf(w, "%s %s %s %s %q", r.Method, r.URL.EscapedPath(), r.Header.Get("Content-Type"), r.Header.Get("X-Ack"), body)
	})
	for _, test := range []struct {
		req  Request
		want string
	}{
		{Request{Method: "GET", Path: "/profile/a%2Fb"}, `GET /profile/a%2Fb   ""`},
		{Request{Method: "POST", Path: "/counter/a/incr", Body: []byte(`{"by":3}`)}, `POST /counter/a/incr application/json  "{\"by\":3}"`},
		{Request{Method: "PUT", Path: "/profile/a", Ack: "peer"}, `PUT /profile/a application/json peer ""`},
	} {
		var body bytes.Buffer
		answer, err := c.Do(test.req, &body)
		if err != nil {
			t.Fatal(err)
		}
		if want := (Answer{Status: 201, ServedBy: "eu"}); answer != want || body.String() != test.want {
			t.Errorf("got %+v %q, want %+v %q", answer, body.String(), want, test.want)
		}
	}
	if got := connections.Load(); got != 1 {
		t.Errorf("got %d connections, want 1", got)
	}
}

func TestClient_ReadsChunkedAnswers(t *testing.T) {
	long := strings.Repeat("0123456789", 1000)
	c, connections := start(t, 5*time.Second, func(w http.ResponseWriter, _ *http.Request) {
		for half := range strings.SplitSeq(long[:5000]+"|"+long[5000:], "|") {
			_, _ = io.WriteString(w, half)
			w.(http.Flusher).Flush()
		}
	})
	for range 2 {
		var body bytes.Buffer
		if _, err := c.Do(Request{Method: "GET", Path: "/"}, &body); err != nil || body.String() != long {
			t.Fatalf("got %d bytes, %v; want %d", body.Len(), err, len(long))
		}
	}
	if got := connections.Load(); got != 1 {
		t.Errorf("got %d connections, want 1", got)
	}
}

func TestClient_HonoursConnectionClose(t *testing.T) {
	c, connections := start(t, 5*time.Second, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Connection", "close")
	})
	for range 3 {
		if _, err := c.Do(Request{Method: "GET", Path: "/"}, nil); err != nil {
			t.Fatal(err)
		}
	}
	if got := connections.Load(); got != 3 {
		t.Errorf("got %d connections, want 3", got)
	}
}

func TestClient_NeverRepeatsABrokenRequest(t *testing.T) {
	var requests atomic.Int64
	c, _ := start(t, 5*time.Second, func(_ http.ResponseWriter, r *http.Request) {
		requests.Add(1)
		if r.URL.Path == "/broken" {
			panic(http.ErrAbortHandler) // cuts the connection
		}
	})
	if _, err := c.Do(Request{Method: "PUT", Path: "/"}, nil); err != nil {
		t.Fatal(err)
	}
	_, err := c.Do(Request{Method: "PUT", Path: "/broken"}, nil)
	if err == nil || errors.Is(err, ErrNotSent) {
		t.Errorf("a connection cut after the request: got %v, want an error other than ErrNotSent", err)
	}
	if got := requests.Load(); got != 2 {
		t.Errorf("the server saw %d requests, want 2", got)
	}
}

// What broke one connection most likely broke the idle ones too.
func TestClient_BrokenConnectionEmptiesThePool(t *testing.T) {
	var both sync.WaitGroup
	both.Add(2)
	c, _ := start(t, 5*time.Second, func(_ http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/broken" {
			panic(http.ErrAbortHandler)
		}
		both.Done()
		both.Wait() // so that two connections are open at once
	})
	var clients sync.WaitGroup
	for range 2 {
		clients.Go(func() {
			if _, err := c.Do(Request{Method: "GET", Path: "/"}, nil); err != nil {
				t.Error(err)
			}
		})
	}
	clients.Wait()
	if len(c.idle) != 2 {
		t.Fatalf("%d connections idle, want 2", len(c.idle))
	}
	if _, err := c.Do(Request{Method: "GET", Path: "/broken"}, nil); err == nil {
		t.Fatal("got an answer over a connection that was cut")
	}
	if len(c.idle) != 0 {
		t.Errorf("%d connections idle after one broke, want none", len(c.idle))
	}
}

func TestClient_TimesOut(t *testing.T) {
	c, _ := start(t, 50*time.Millisecond, func(_ http.ResponseWriter, r *http.Request) {
		<-r.Context().Done()
	})
	var timeout net.Error
	if _, err := c.Do(Request{Method: "GET", Path: "/"}, nil); !errors.As(err, &timeout) || !timeout.Timeout() {
		t.Errorf("got %v, want a timeout", err)
	}
}

func TestClient_RefusedConnectionIsNotSent(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l.Close()
	c, err := New("http://"+l.Addr().String(), time.Second)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Do(Request{Method: "POST", Path: "/"}, nil); !errors.Is(err, ErrNotSent) {
		t.Errorf("got %v, want ErrNotSent", err)
	}
}

func TestNew_RefusesBadTargets(t *testing.T) {
	for _, base := range []string{"", "127.0.0.1:8081", "https://127.0.0.1", "http://", "http://a/b", "://"} {
		if _, err := New(base, time.Second); err == nil {
			t.Errorf("New(%q) succeeded, want an error", base)
		}
	}
}
