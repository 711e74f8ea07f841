package api_test

import (
	"io"
	"log/slog"
	"net"
	"testing"
	"time"

	"pangea/region/api"
	"pangea/region/api/contract"
)

// A client that never finishes its headers is cut off, and harms nobody meanwhile.
func TestServer_SlowHeaders(t *testing.T) {
	server := api.NewServer(newAPI(t, contract.NewMemory("us"), nil), slog.New(slog.DiscardHandler))
	server.ReadHeaderTimeout = 50 * time.Millisecond // of the 5s
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go func() { _ = server.Serve(l) }()
	t.Cleanup(func() { _ = server.Close() })
	slow, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer slow.Close()
	if _, err := io.WriteString(slow, "POST /counter/a/incr HTTP/1.1\r\nHost: a\r\nX-"); err != nil {
		t.Fatal(err)
	}
	resp, body := ask(t, "http://"+l.Addr().String(), "POST /counter/a/incr", "")
	want(t, resp, body, 200, "")
	if err := slow.SetReadDeadline(time.Now().Add(10 * time.Second)); err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadAll(slow); err != nil {
		t.Errorf("the slow connection was not closed: %v", err)
	}
}
