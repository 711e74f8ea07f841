package probe_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"pangea/region/probe"
)

func TestReady(t *testing.T) {
	for name, c := range map[string]struct {
		status     int
		body, want string
	}{
		"a part that serves":             {http.StatusOK, "", ""},
		"one that says why it does not":  {http.StatusServiceUnavailable, `{"detail":"catching up with eu"}`, "not ready: catching up with eu"},
		"one that does not say":          {http.StatusBadGateway, "<html>", "not ready: answers 502 Bad Gateway"},
		"one that sends to another page": {http.StatusNotFound, "{}", "not ready: answers 404 Not Found"},
	} {
		t.Run(name, func(t *testing.T) {
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.URL.Path != "/readyz" {
					t.Errorf("asked for %s", r.URL.Path)
				}
				w.WriteHeader(c.status)
				w.Write([]byte(c.body)) //nolint:errcheck // the client notices
			}))
			defer server.Close()
			err := probe.Ready(t.Context(), server.Listener.Addr().String())
			if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.HasSuffix(err.Error(), c.want)) {
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
}

func TestReady_NobodyThere(t *testing.T) {
	server := httptest.NewServer(http.NotFoundHandler())
	address := server.Listener.Addr().String()
	server.Close()
	if err := probe.Ready(t.Context(), address); err == nil || !strings.Contains(err.Error(), "refused") {
		t.Errorf("got %v, want that the connection was refused", err)
	}
}
