package api_test

import (
	"context"
	"io"
	"log/slog"
	"net"
	"strings"
	"testing"
	"time"

	"pangea/region/api"
	"pangea/region/api/contract"
)

// A client that never finishes its request is cut off, and harms nobody meanwhile.
func TestServer_SlowClients(t *testing.T) {
	for name, start := range map[string]string{
		"headers": "POST /counter/a/incr HTTP/1.1\r\nHost: a\r\nX-",
		"body":    "POST /counter/a/incr HTTP/1.1\r\nHost: a\r\nContent-Length: 8\r\n\r\n{",
		"batch":   "POST /batch HTTP/1.1\r\nHost: a\r\nContent-Length: 8000000\r\n\r\n{}\n",
		"nothing": "",
	} {
		t.Run(name, func(t *testing.T) {
			base, address := impatient(t)
			slow, err := net.Dial("tcp", address)
			if err != nil {
				t.Fatal(err)
			}
			defer slow.Close()
			if _, err := io.WriteString(slow, start); err != nil {
				t.Fatal(err)
			}
			resp, body := ask(t, base, "POST /counter/a/incr", "")
			want(t, resp, body, 200, "")
			if err := slow.SetReadDeadline(time.Now().Add(10 * time.Second)); err != nil {
				t.Fatal(err)
			}
			if answer, err := io.ReadAll(slow); err != nil || strings.Contains(string(answer), "200 OK") {
				t.Errorf("got %q, %v, want a refusal and the end of the connection", answer, err)
			}
			_, body = ask(t, base, "GET /counter/a", "")
			if !strings.Contains(body, `"value":1`) {
				t.Errorf("got %s, want only the other client's write", body)
			}
		})
	}
}

// impatient serves with the limits of NewServer cut to a tenth of a second.
func impatient(t *testing.T) (base, address string) {
	t.Helper()
	return hurried(t, newAPI(t, contract.NewMemory("us"), nil))
}

func hurried(t *testing.T, a *api.API) (base, address string) {
	t.Helper()
	server := api.NewServer(a, slog.New(slog.DiscardHandler))
	for _, limit := range []*time.Duration{&server.ReadHeaderTimeout, &server.ReadTimeout, &server.WriteTimeout, &server.IdleTimeout} {
		*limit = min(*limit, 100*time.Millisecond)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go func() { _ = server.Serve(l) }()
	t.Cleanup(func() { _ = server.Shutdown(context.WithoutCancel(t.Context())) })
	return "http://" + l.Addr().String(), l.Addr().String()
}
