package node_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus/testutil/promlint"

	"pangea/dashboards"
	"pangea/region/regiontest"
)

// What promtool check metrics would say, and every measure that boards and alerts rely on.
func TestRegion_MetricsAreCleanAndComplete(t *testing.T) {
	t.Parallel()
	w := regiontest.New(t, regiontest.Options{})
	w.OK(t, "us", "POST", "/counter/a/incr", "")
	w.OK(t, "us", "GET", "/counter/a", "")
	w.OK(t, "eu", "POST", "/counter/a/incr", "")
	w.WaitConverged(t)
	w.OK(t, "us", "GET", "/digest", "")
	text := w.OK(t, "us", "GET", "/metrics", "").Body
	problems, err := promlint.New(strings.NewReader(text)).Lint()
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range problems {
		t.Errorf("%s: %s", p.Metric, p.Text)
	}
	checkBoards(t, text)
	for _, want := range []string{
		`pangea_request_seconds_bucket{class="counter",kind="write"`, `pangea_request_seconds_bucket{class="counter",kind="read"`,
		`pangea_writer_cycle_seconds_bucket{kind="local"`, `pangea_writer_cycle_size_bucket{kind="merge"`,
		`pangea_lag_entries{origin="eu"}`, `pangea_lag_writes{origin="eu"}`, `pangea_lag_seconds{origin="eu"}`, `pangea_lag_seconds_left{origin="eu"}`,
		`pangea_visibility_lag_seconds_count{origin=`, `pangea_verdicts_total{class="profile",verdict="concurrent"}`,
		`pangea_applier_consumer_pending{peer="eu"}`, `pangea_applier_duplicates_total{peer="eu"}`, `pangea_applier_gaps_total{peer="eu"}`,
		`pangea_applier_resets_total{cause=`, `pangea_shipper_`, `pangea_space_bytes{store="outbox"}`, `pangea_space_rows{store="conflicts"}`,
		`pangea_space_limit_bytes{store="disk"}`, `pangea_space_runs_out_seconds{store="outbox"} +Inf`, `pangea_space_blocked{peer="eu",store="inbox"} 0`,
		`pangea_peer_held_bytes{peer="eu"}`, `pangea_writer_disk_full 0`, `pangea_peer_registered{peer="eu"}`,
		`pangea_space_bytes{store="wal"}`, `pangea_space_bytes{store="database"}`, `pangea_wal_written_bytes_total `,
		`pangea_digest{class="counter"}`, `pangea_digest_vector `, `pangea_problems_total{problem="owner-away"}`,
	} {
		if !strings.Contains(text, want) {
			t.Errorf("no %s", want)
		}
	}
}

// eventful are there only while what they tell of is the case.
var eventful = []string{"pangea_blocked_seconds", "pangea_relay_stopped", "pangea_writer_stopped"}

func checkBoards(t *testing.T, text string) {
	t.Helper()
	wanted, err := dashboards.Metrics()
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range wanted {
		there := strings.Contains(text, "\n"+name+"{") || strings.Contains(text, "\n"+name+" ")
		if !there && !strings.HasPrefix(name, "pangea_router_") && !slices.Contains(eventful, name) {
			t.Errorf("a board or an alert asks for %s, and no region has it", name)
		}
	}
}
