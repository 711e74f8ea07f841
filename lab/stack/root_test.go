package stack_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"pangea/lab/stack"
)

// world is topology.yaml of two regions; each %s is an address.
const world = `
regions:
  - {name: us, router: %s, http: %s, nats: %s, monitor: %s, postgres: %s}
  - {name: eu, router: %s, http: %s, nats: %s, monitor: %s, postgres: %s}
rtt: {us-eu: 20ms}
jitter: 2ms
links:
  api: %s
  listeners: {us_eu_nats: %s, us_eu_http: %s, eu_us_nats: %s, eu_us_http: %s}
handles: {shards: 2, owners: {us: "0", eu: "1"}}
retention: {peer_age: 24h, peer_bytes: 1000000000, stream_bytes: 100000000, conflicts: 1000, idempotency: 24h}
relay: {enabled: true, after: 5s}
`

// newRoot is a directory with a world of its own, but no programs.
func newRoot(t *testing.T) string {
	t.Helper()
	root := t.TempDir()
	addresses := freeAddresses(t, strings.Count(world, "%s"))
	text := fmt.Sprintf(world, addresses...)
	if err := os.WriteFile(filepath.Join(root, "topology.yaml"), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Join(root, ".pangea", "bin"), 0o755); err != nil {
		t.Fatal(err)
	}
	return root
}

// programs builds the real ones, once for all tests, in a directory that TestMain removes.
var programs = sync.OnceValues(func() (dir string, err error) {
	dir, err = os.MkdirTemp("", "pangea-programs-")
	if err != nil {
		return "", err
	}
	for program, source := range map[string]string{
		"region":           "pangea/cmd/region",
		"router":           "pangea/cmd/router",
		"toxiproxy-server": "github.com/Shopify/toxiproxy/v2/cmd/server",
	} {
		out, err := exec.Command("go", "build", "-o", filepath.Join(dir, program), source).CombinedOutput()
		if err != nil {
			return dir, fmt.Errorf("build %s: %w\n%s", program, err, out)
		}
	}
	return dir, nil
})

func TestMain(m *testing.M) {
	code := m.Run()
	if dir, _ := programs(); dir != "" {
		os.RemoveAll(dir)
	}
	os.Exit(code)
}

// newBuiltRoot is newRoot with the real programs.
func newBuiltRoot(t *testing.T) string {
	t.Helper()
	dir, err := programs()
	if err != nil {
		t.Fatal(err)
	}
	root := newRoot(t)
	bin := filepath.Join(root, ".pangea", "bin")
	if err := errors.Join(os.Remove(bin), os.Symlink(dir, bin)); err != nil {
		t.Fatal(err)
	}
	return root
}

func openStack(t *testing.T, root string) *stack.Stack {
	t.Helper()
	s, err := stack.Open(root)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Clean(context.Background(), silent); err != nil {
			t.Error(err)
		}
	})
	return s
}

func silent(string, string) {}

// freeAddresses are free now, and with luck until they are used.
func freeAddresses(t *testing.T, n int) []any {
	t.Helper()
	addresses := make([]any, n)
	for i := range addresses {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		addresses[i] = l.Addr().String()
	}
	return addresses
}

// doomedProgram makes a program that says two lines and ends.
func doomedProgram(t *testing.T, root, name, lastWord string) {
	t.Helper()
	script := "#!/bin/sh\necho first >&2\necho '" + lastWord + "' >&2\nexit 3\n"
	if err := os.WriteFile(filepath.Join(root, ".pangea", "bin", name), []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
}
