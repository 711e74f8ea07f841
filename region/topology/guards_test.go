package topology_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"pangea/region/topology"
)

// Only false switches a guard off: a world that says nothing of it has it.
func TestGuards_AreOnUnlessTheWorldSaysFalse(t *testing.T) {
	whole, err := os.ReadFile(world)
	if err != nil {
		t.Fatal(err)
	}
	text, _, _ := strings.Cut(string(whole), "guards:")
	for section, want := range map[string][]string{
		"":           nil,
		"guards: {}": nil,
		"guards: {causal_wait: true, readiness: true}":   nil,
		"guards: {causal_wait: false}":                   {"causal_wait"},
		"guards: {readiness: false, causal_wait: true}":  {"readiness"},
		"guards: {readiness: false, causal_wait: false}": {"causal_wait", "readiness"},
	} {
		file := filepath.Join(t.TempDir(), "topology.yaml")
		if err := os.WriteFile(file, []byte(text+section), 0o644); err != nil {
			t.Fatal(err)
		}
		top, err := topology.Load(file)
		if err != nil {
			t.Fatalf("%s: %v", section, err)
		}
		if got := top.Guards.Off(); !slices.Equal(got, want) {
			t.Errorf("%s: got %v off, want %v", section, got, want)
		}
	}
}
