package node_test

import (
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"pangea/crdt"
	"pangea/lab/logtest"
	"pangea/region"
	"pangea/region/node"
	"pangea/region/regiontest"
)

// One write is followed through all regions by where it was made: origin, epoch and seq.
func TestLogs_FollowOneWriteThroughTheWorld(t *testing.T) {
	t.Parallel()
	journals := map[string]*logtest.Log{"us": {}, "eu": {}, "ap": {}}
	w := regiontest.New(t, regiontest.Options{Change: func(c *node.Config) {
		c.Logger = slog.New(slog.NewTextHandler(journals[c.Region], &slog.HandlerOptions{Level: slog.LevelDebug})).With("region", c.Region)
	}})
	w.OK(t, "eu", "POST", "/counter/other/incr", "")
	a := w.OK(t, "us", "POST", "/counter/a/incr", "")
	w.WaitConverged(t)
	vector, err := crdt.ParseVector(a.Field("version_vector"))
	if err != nil {
		t.Fatal(err)
	}
	us := crdt.Origin{Region: "us", Epoch: 1}
	entry := fmt.Sprintf("origin=us epoch=1 seq=%d", vector[us])
	for name, stages := range map[string][]string{
		"us": {region.Committed, region.Shipped},
		"eu": {region.Received, region.Merged},
		"ap": {region.Received, region.Merged},
	} {
		regiontest.Eventually(t, regiontest.Patience, func() string {
			got := strings.Join(grep(ownLines(journals[name]), entry), "")
			for _, stage := range stages {
				want := fmt.Sprintf("level=DEBUG msg=%s region=%s %s", stage, name, entry)
				if n := strings.Count(got, want); n != 1 {
					return fmt.Sprintf("%s says %d times %q:\n%s", name, n, want, got)
				}
			}
			return ""
		})
		t.Logf("%s", strings.Join(grep(ownLines(journals[name]), entry), ""))
	}
}

// The password of the database is in no line, also of an outage, and in no answer.
func TestLogs_NeverShowThePassword(t *testing.T) {
	t.Parallel()
	j := &logtest.Log{}
	w := regiontest.New(t, regiontest.Options{Regions: []string{"us"}, Change: func(c *node.Config) {
		c.DSN += " password=hunter2" // nobody asks for it here
		c.Logger = slog.New(slog.NewTextHandler(j, &slog.HandlerOptions{Level: slog.LevelDebug}))
	}})
	w.Exec(t, "us", w.Database("us"), `select pg_terminate_backend(pid) from pg_stat_activity
		where datname = current_database() and application_name = 'region-us'`)
	regiontest.Eventually(t, regiontest.Patience, func() string {
		if len(j.With("the database is open again")) == 0 {
			return "no outage was noticed: " + j.String()
		}
		return ""
	})
	shown := j.String()
	for _, path := range []string{"/status", "/metrics", "/readyz"} {
		shown += w.Do(t, "us", "GET", path, "").Body
	}
	if strings.Contains(shown, "hunter2") {
		t.Errorf("the password is shown:\n%s", shown)
	}
}

// grep keeps the lines that contain a word, followed by a space or the end.
func grep(lines []string, word string) (found []string) {
	for _, line := range lines {
		if strings.Contains(strings.TrimSpace(line)+" ", word+" ") {
			found = append(found, line)
		}
	}
	return found
}
