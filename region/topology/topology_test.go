package topology_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"pangea/region/topology"
)

const world = "../../topology.yaml"

func load(t *testing.T) *topology.Topology {
	t.Helper()
	top, err := topology.Load(world)
	if err != nil {
		t.Fatal(err)
	}
	return top
}

func TestLoad_TheWorld(t *testing.T) {
	top := load(t)
	if got, want := top.Names(), []string{"us", "eu", "ap"}; !slices.Equal(got, want) {
		t.Errorf("got regions %v, want %v", got, want)
	}
	want := topology.Region{
		Name: "eu", Router: "127.0.0.1:8082", HTTP: "127.0.0.1:8102",
		NATS: "127.0.0.1:4202", Monitor: "127.0.0.1:8202", Postgres: "127.0.0.1:5402",
	}
	if got, err := top.Region("eu"); err != nil || got != want {
		t.Errorf("got %+v, %v, want %+v", got, err, want)
	}
	if top.Jitter != 10*time.Millisecond || !top.Relay.Enabled || top.Relay.After != 5*time.Second {
		t.Errorf("got jitter %v, relay %+v", top.Jitter, top.Relay)
	}
	if want := (topology.Retention{
		PeerAge: 24 * time.Hour, PeerBytes: 8 << 30, StreamBytes: 2 << 30, Conflicts: 1_000_000, Idempotency: 24 * time.Hour,
	}); top.Retention != want {
		t.Errorf("got %+v, want %+v", top.Retention, want)
	}
}

func TestTopology_Distance(t *testing.T) {
	top := load(t)
	for pair, want := range map[[2]string]time.Duration{
		{"us", "eu"}: 80 * time.Millisecond,
		{"eu", "us"}: 80 * time.Millisecond,
		{"ap", "us"}: 150 * time.Millisecond,
		{"eu", "ap"}: 120 * time.Millisecond,
		{"us", "us"}: 0,
	} {
		if got := top.Distance(pair[0], pair[1]); got != want {
			t.Errorf("%v: got %v, want %v", pair, got, want)
		}
	}
}

func TestTopology_PeersAndUnknownRegions(t *testing.T) {
	top := load(t)
	if got, want := top.Peers("eu"), []string{"us", "ap"}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	_, err := top.Region("mars")
	if err == nil || !strings.Contains(err.Error(), "mars") || !strings.Contains(err.Error(), "us eu ap") {
		t.Errorf("got %v, want an error that names mars and what there is", err)
	}
}

// TestLoad_RefusesABrokenWorld breaks topology.yaml in one place at a time.
func TestLoad_RefusesABrokenWorld(t *testing.T) {
	whole, err := os.ReadFile(world)
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct{ name, old, with, want string }{
		{"policy", "policy: static", "policy: nearest", `policy is "nearest"`},
		{"clock mode", "mode: hlc", "mode: sundial", `mode is "sundial"`},
		{"half a guard", "readiness: true", "readiness: maybe", "Topology.Guards of type bool"},
		{"an unknown guard", "readiness: true", "readyness: true", "readyness"},
		{"clock of nobody", "skew: {}", "skew: {mars: 1s}", `skew of "mars"`},
		{"region name", "name: ap", "name: a_p", `region name "a_p"`},
		{"capitals", "name: ap", "name: AP", `region name "AP"`},
		{"long name", "name: ap", "name: abcdefghijklmnopq", `region name "abcdefghijklmnopq"`},
		{"a region twice", "name: ap", "name: eu", `region "eu" appears twice`},
		{"no address", "    http: 127.0.0.1:8102\n", "", `eu.http: address ""`},
		{"no database", "    postgres: 127.0.0.1:5402\n", "", `eu.postgres: address ""`},
		{"an address without a port", "nats: 127.0.0.1:4202", "nats: 127.0.0.1", `eu.nats: address "127.0.0.1"`},
		{"an address without a host", "router: 127.0.0.1:8082", `router: ":8082"`, `eu.router: address ":8082"`},
		{"one address for two", "127.0.0.1:8202", "127.0.0.1:8102", "eu.http and eu.monitor have the same address"},
		{"a link on a region's address", "127.0.0.1:21012", "127.0.0.1:8101", "us.http and links.us_eu_nats have the same address"},
		{"no distance", "  us-ap: 150ms\n", "", "rtt: us-ap is missing"},
		{"a negative distance", "us-ap: 150ms", "us-ap: -1ms", "rtt: us-ap is missing or not positive"},
		{"a distance to nowhere", "us-ap: 150ms", "us-ap: 150ms\n  us-mars: 20m", `rtt: "us-mars"`},
		{"a distance to itself", "us-ap: 150ms", "us-ap: 150ms\n  us-us: 1ms", `rtt: "us-us"`},
		{"two distances", "us-ap: 150ms", "us-ap: 150ms\n  ap-us: 90ms", "rtt: ap-us appears in both directions"},
		{"negative jitter", "jitter: 10ms", "jitter: -1ms", "jitter is -1ms"},
		{"a link of an unknown region", "us_eu_nats:", "us_mars_nats:", `links: "us_mars_nats"`},
		{"a link to itself", "us_eu_nats:", "us_us_nats:", `links: "us_us_nats"`},
		{"a link of another protocol", "us_eu_nats:", "us_eu_smtp:", `links: "us_eu_smtp"`},
		{"a link too few", "    us_eu_nats: 127.0.0.1:21012\n", "", "links: 11 listeners, want 12"},
		{"a link without an address", "us_eu_nats: 127.0.0.1:21012", `us_eu_nats: ""`, `links.us_eu_nats: address ""`},
		{"links without an API", "api: 127.0.0.1:8474", `api: ""`, `links.api: address ""`},
		{"no shards", "shards: 64", "shards: 0", "handles.shards is 0"},
		{"shards past what fits", "shards: 64", "shards: 4294967296", "handles.shards is 4294967296"},
		{"an unknown owner", "ap: 43-63", "mars: 43-63", `handles.owners: unknown region "mars"`},
		{"a shard too few", "ap: 43-63", "ap: 43-62", "handles.owners: shard 63 has no owner"},
		{"a shard too many", "ap: 43-63", "ap: 43-64", `ap: "43-64" is no range within 0-63`},
		{"a shard twice", "ap: 43-63", "ap: 42-63", "handles.owners: shard 42 belongs to"},
		{"a range backwards", "ap: 43-63", "ap: 63-43", `"63-43" is no range`},
		{"half a range", "ap: 43-63", "ap: 43-", `"43-" is no range`},
		{"a negative shard", "ap: 43-63", `ap: "-43"`, `"-43" is no range`},
		{"no range", "ap: 43-63", `ap: ""`, `"" is no range`},
		{"words", "ap: 43-63", "ap: the rest", `"the rest" is no range`},
		{"no peer age", "peer_age: 24h", "peer_age: 0s", "retention: peer_age"},
		{"too short a peer age", "peer_age: 24h", "peer_age: 5s", "want at least 6s"},
		{"no peer bytes", "peer_bytes: 8589934592", "peer_bytes: 0", "retention: peer_age"},
		{"no stream bytes", "stream_bytes: 2147483648", "stream_bytes: -1", "retention: peer_age"},
		{"no conflicts", "conflicts: 1000000", "conflicts: 0", "retention: peer_age"},
		{"no idempotency", "idempotency: 24h", "idempotency: 0s", "retention: peer_age"},
		{"relay at once", "after: 5s", "after: 0s", "relay.after must be positive"},
		{"a misspelt field", "jitter:", "jiter:", "jiter"},
		{"a field twice", "jitter: 10ms", "jitter: 10ms\njitter: 20ms", "jitter"},
		{"a duration without a unit", "jitter: 10ms", "jitter: ten", `invalid duration "ten"`},
		{"no YAML", "regions:", "regions: [", "parse"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if !strings.Contains(string(whole), tt.old) {
				t.Fatalf("topology.yaml has no %q to break", tt.old)
			}
			path := write(t, strings.Replace(string(whole), tt.old, tt.with, 1))
			_, err := topology.Load(path)
			if err == nil || !strings.Contains(err.Error(), tt.want) || !strings.Contains(err.Error(), path) {
				t.Errorf("got %v, want %q and the file's name", err, tt.want)
			}
		})
	}
}

func TestLoad_NamesEverySectionAtOnce(t *testing.T) {
	_, err := topology.Load(write(t, "jitter: -1s\n"))
	if err == nil {
		t.Fatal("an empty world was accepted")
	}
	for _, want := range []string{"no regions", "jitter", "handles.shards", "retention"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want also %q", err, want)
		}
	}
}

func TestLoad_NoFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "nowhere.yaml")
	if _, err := topology.Load(path); err == nil || !strings.Contains(err.Error(), path) {
		t.Errorf("got %v, want an error that names %s", err, path)
	}
}

func write(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "topology.yaml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}
