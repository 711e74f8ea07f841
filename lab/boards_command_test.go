package lab_test

import (
	"strings"
	"testing"

	"pangea/lab/stack/stacktest"
)

func TestBoards_NeedAStackToWatch(t *testing.T) {
	err := run(t.Context(), t.Output(), stacktest.Root(t, "us", "eu"), "boards")
	if err == nil || !strings.Contains(err.Error(), "go tool task up") {
		t.Errorf("got %v, want to be told how to start it", err)
	}
}
