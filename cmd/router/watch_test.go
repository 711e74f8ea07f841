package main

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"pangea/region/probe"
)

// TestConsoleOnly_ServesThePageAndNoClients: for it no region needs to be named, or to run.
func TestConsoleOnly_ServesThePageAndNoClients(t *testing.T) {
	address := freeAddress(t)
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() {
		ended <- command().Run(ctx, []string{"router", "-console-only", address, "-topology", filepath.Join("..", "..", "topology.yaml")})
	}()
	for probe.Ready(t.Context(), address) != nil {
		select {
		case err := <-ended:
			t.Fatalf("it ended: %v", err)
		case <-time.After(10 * time.Millisecond):
		}
	}
	if status, page := get(t, "http://"+address+"/"); status != http.StatusOK || !strings.Contains(page, "<title>") {
		t.Errorf("the root leads to %d %.100s, want the console", status, page)
	}
	if status, _ := get(t, "http://"+address+"/counter/a"); status != http.StatusNotFound {
		t.Errorf("a client is answered %d, want 404", status)
	}
	stop()
	if err := <-ended; err != nil && !errors.Is(err, context.Canceled) {
		t.Errorf("it ended by %v", err)
	}
}

// TestConsoleOnly_HasNoButtons: what would be ignored is refused.
func TestConsoleOnly_HasNoButtons(t *testing.T) {
	err := command().Run(t.Context(), []string{"router", "-console-only", "127.0.0.1:0", "-console-faults", "chaos"})
	if err == nil || !strings.Contains(err.Error(), "-console-faults") {
		t.Errorf("got %v, want the flag refused", err)
	}
}

// TestRouter_NeedsAPlace: without one it says which flag is missing.
func TestRouter_NeedsAPlace(t *testing.T) {
	err := command().Run(t.Context(), []string{"router", "-topology", filepath.Join("..", "..", "topology.yaml")})
	if err == nil || !strings.Contains(err.Error(), "-region") {
		t.Errorf("got %v, want the flag named", err)
	}
}

func freeAddress(t *testing.T) string {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	return ln.Addr().String()
}

func get(t *testing.T, url string) (int, string) {
	t.Helper()
	resp, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(body)
}
