package stacktest

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pangea/lab/porttest"
)

// Root is a directory with a world of its own, but no programs.
func Root(t testing.TB, regions ...string) string {
	t.Helper()
	root := t.TempDir()
	if err := os.WriteFile(filepath.Join(root, "topology.yaml"), []byte(layOut(t, regions)), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Join(root, ".pangea", "bin"), 0o755); err != nil {
		t.Fatal(err)
	}
	return root
}

// layOut writes a topology in which each region owns one shard, and the distances are
// short.
func layOut(t testing.TB, regions []string) string {
	next := func() string { return porttest.Address(t) }
	var rows, rtts, listeners, owners []string
	for i, a := range regions {
		rows = append(rows, fmt.Sprintf("  - {name: %s, router: %s, http: %s, nats: %s, monitor: %s, postgres: %s}\n",
			a, next(), next(), next(), next(), next()))
		owners = append(owners, fmt.Sprintf("%s: %q", a, fmt.Sprint(i)))
		for j, b := range regions {
			if i < j {
				rtts = append(rtts, fmt.Sprintf("%s-%s: 20ms", a, b))
			}
			if i != j {
				listeners = append(listeners, fmt.Sprintf("%s_%s_nats: %s, %s_%s_http: %s", a, b, next(), a, b, next()))
			}
		}
	}
	return fmt.Sprintf(`regions:
%srtt: {%s}
jitter: 2ms
links:
  api: %s
  listeners: {%s}
handles: {shards: %d, owners: {%s}}
retention: {peer_age: 24h, peer_bytes: 1000000000, stream_bytes: 100000000, conflicts: 1000, idempotency: 24h}
relay: {enabled: true, after: 5s}
`, strings.Join(rows, ""), strings.Join(rtts, ", "), next(), strings.Join(listeners, ", "), len(regions), strings.Join(owners, ", "))
}
