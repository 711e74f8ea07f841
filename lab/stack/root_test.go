package stack_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"pangea/lab/stack"
	"pangea/lab/stack/stacktest"
)

func TestMain(m *testing.M) {
	code := m.Run()
	stacktest.Close()
	os.Exit(code)
}

func newRoot(t *testing.T) string { return stacktest.Root(t, "us", "eu") }

func newBuiltRoot(t *testing.T) string { return stacktest.BuiltRoot(t, "us", "eu") }

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

// doomedProgram makes a program that says two lines and ends.
func doomedProgram(t *testing.T, root, name, lastWord string) {
	t.Helper()
	script := "#!/bin/sh\necho first >&2\necho '" + lastWord + "' >&2\nexit 3\n"
	if err := os.WriteFile(filepath.Join(root, ".pangea", "bin", name), []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
}
