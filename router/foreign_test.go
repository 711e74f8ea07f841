package router

import (
	"context"
	"net"
	"net/http"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
)

// TestRouter_OnALoopbackAddressIsForItsMachine: a site whose name was made to resolve here
// can neither look nor drain. Clients' requests are passed on under any name.
func TestRouter_OnALoopbackAddressIsForItsMachine(t *testing.T) {
	page := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("page")) })
	s := newStage(t, func(c *Config) { c.Console = page })
	for _, c := range []struct {
		line, host string
		want       int
	}{
		{"GET /console", "evil.example:8081", 403},
		{"GET /console/events", "evil.example:8081", 403},
		{"GET /router/status", "evil.example", 403},
		{"POST /router/drain/eu", "evil.example", 403},
		{"GET /console", "localhost:8081", 200},
		{"GET /router/status", "127.0.0.1:8081", 200},
		{"GET /router/status", "[::1]:8081", 200},
		{"GET /healthz", "router-us:8081", 200},
		{"GET /counter/a", "pangea.example", 200},
	} {
		resp, _ := s.raw(c.line + " HTTP/1.1\r\nHost: " + c.host + "\r\nConnection: close\r\n\r\n")
		if resp.StatusCode != c.want {
			t.Errorf("%s of %s: got %d, want %d", c.line, c.host, resp.StatusCode, c.want)
		}
	}
}

// TestRouter_ThatOthersCanReachHasAnyName, as in containers.
func TestRouter_ThatOthersCanReachHasAnyName(t *testing.T) {
	s := newStage(t)
	r, err := New(Config{Region: "us"}, s.top, prometheus.NewRegistry())
	if err != nil {
		t.Fatal(err)
	}
	ln, err := net.Listen("tcp", ":0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- r.Run(ctx, ln) }()
	_, port, _ := net.SplitHostPort(ln.Addr().String())
	s.url = "http://127.0.0.1:" + port
	resp, text := s.raw("GET /router/status HTTP/1.1\r\nHost: router-us:8081\r\nConnection: close\r\n\r\n")
	if resp.StatusCode != 200 || !strings.Contains(text, `"region":"us"`) {
		t.Errorf("got %d %s, want its status", resp.StatusCode, text)
	}
	cancel()
	if err := <-done; err != nil {
		t.Error(err)
	}
}
