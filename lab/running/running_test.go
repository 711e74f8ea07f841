package running_test

import (
	"os"
	"testing"

	"pangea/lab/running"
	"pangea/lab/stack"
	"pangea/lab/stack/stacktest"
)

func TestMain(m *testing.M) {
	code := m.Run()
	stacktest.Close()
	os.Exit(code)
}

// TestParts_AreTheLocalOnes: dead where nothing runs, and alive as soon as one of them is. The
// containers are found in compose/test.
func TestParts_AreTheLocalOnes(t *testing.T) {
	root := stacktest.BuiltRoot(t, "us", "eu")
	local, err := stack.Open(root)
	if err != nil {
		t.Fatal(err)
	}
	for _, alive := range []bool{false, true} {
		parts, err := running.Parts(t.Context(), local, root)
		if err != nil || parts != local {
			t.Fatalf("got %v, %v, want the local stack", parts, err)
		}
		if got := running.Any(parts); got != alive {
			t.Errorf("it is said that parts run: %t, want %t", got, alive)
		}
		if err := local.Start(t.Context(), "toxiproxy"); err != nil {
			t.Fatal(err)
		}
	}
	if err := local.Clean(t.Context(), func(string, string) {}); err != nil {
		t.Error(err)
	}
}
