package lab_test

import (
	"bytes"
	"context"
	"net/http"
	"strings"
	"testing"

	"pangea/lab/stack"
	"pangea/lab/stack/stacktest"
)

// All routers of a real stack pass a drained region over, and none of them is left without
// any: the second drain is refused everywhere.
func TestDrain_TellsAllRouters(t *testing.T) {
	root := stacktest.BuiltRoot(t, "us", "eu")
	t.Cleanup(func() {
		if err := run(context.Background(), t.Output(), root, "clean"); err != nil {
			t.Error(err)
		}
	})
	if err := run(t.Context(), t.Output(), root, "up"); err != nil {
		t.Fatal(err)
	}
	s, err := stack.Open(root)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := run(t.Context(), &out, root, "drain", "eu"); err != nil || !strings.Contains(out.String(), "eu is drained: nothing is under way to it") {
		t.Fatalf("drain: %v, it says %q", err, out.String())
	}
	wantServedBy(t, s, map[string]string{"us": "us", "eu": "us"})

	err = run(t.Context(), &out, root, "drain", "us")
	if want := "the drain of us is undone: router-us: No other region can take the clients of us"; err == nil || !strings.Contains(err.Error(), want) {
		t.Fatalf("drain of the last region: got %v, want %q", err, want)
	}
	if err := run(t.Context(), &out, root, "drain", "-undo", "eu"); err != nil {
		t.Fatal(err)
	}
	wantServedBy(t, s, map[string]string{"us": "us", "eu": "eu"})

	err = run(t.Context(), &out, root, "drain")
	if want := "name one region: us, eu"; err == nil || err.Error() != want {
		t.Errorf("got %v, want %q", err, want)
	}
}

// wantServedBy asks at each router, by its place.
func wantServedBy(t *testing.T, s *stack.Stack, want map[string]string) {
	t.Helper()
	for _, r := range s.Topology().Regions {
		resp, err := http.Get("http://" + r.Router + "/counter/a")
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if got := resp.Header.Get("X-Served-By"); got != want[r.Name] {
			t.Errorf("clients near %s are served by %q, want %q", r.Name, got, want[r.Name])
		}
	}
}
