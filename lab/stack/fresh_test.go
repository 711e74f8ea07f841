package stack_test

import (
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"pangea/lab/stack"
)

// TestFreshTakesNothing: a fresh stack begins with nothing stored, is refused beside the
// other one, and leaves that one's data alone, which a Down and an Up keep.
func TestFreshTakesNothing(t *testing.T) {
	root := newBuiltRoot(t)
	s := openStack(t, root)
	up(t, s, s.PartNames())
	counter := "http://" + s.Topology().Regions[0].HTTP + "/counter/kept"
	ask(t, http.MethodPost, counter+"/incr")
	if _, err := s.Fresh(t.Context(), s.Topology(), silent); err == nil || !strings.Contains(err.Error(), "task down") {
		t.Fatalf("beside the stack: got %v, want what to do", err)
	}
	if err := s.Down(t.Context(), silent); err != nil {
		t.Fatal(err)
	}
	if got := names(t, s, stack.StateDown); !slices.Equal(got, s.PartNames()) {
		t.Fatalf("after down, down are %v, want all", got)
	}
	for range 2 { // the second finds what the first left
		fresh := startFresh(t, s)
		if got := ask(t, http.MethodGet, counter); !strings.Contains(got, `"value":0`) {
			t.Fatalf("in the fresh stack: %s, want 0", got)
		}
		ask(t, http.MethodPost, counter+"/incr")
		if err := fresh.Down(t.Context(), silent); err != nil {
			t.Fatal(err)
		}
	}
	up(t, s, s.PartNames())
	if got := ask(t, http.MethodGet, counter); !strings.Contains(got, `"value":1`) {
		t.Fatalf("after the fresh stacks: %s, want 1", got)
	}
	if err := s.Clean(t.Context(), silent); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(root, ".pangea", "bench")); !os.IsNotExist(err) {
		t.Errorf("after clean, the fresh stack: %v, want it gone", err)
	}
}

// startFresh also checks that the world is the one that was asked for.
func startFresh(t *testing.T, s *stack.Stack) *stack.Stack {
	t.Helper()
	fresh, err := s.Fresh(t.Context(), s.Topology(), silent)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(s.Topology(), fresh.Topology()); diff != "" {
		t.Fatalf("the fresh world is another one (-want +got):\n%s", diff)
	}
	return fresh
}
