package dashboards_test

import (
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"pangea/dashboards"
)

// Each alert says how bad it is, leads to its section of the runbook, and has a test of
// what it says; and no section is of an alert that is gone.
func TestAlerts_HaveARunbookAndATest(t *testing.T) {
	alerts, err := dashboards.Alerts()
	if err != nil {
		t.Fatal(err)
	}
	sections := sections(t, "../docs/runbook.md")
	tests, err := os.ReadFile("prometheus/alerts_test.yml")
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range alerts {
		if a.Labels["severity"] != "critical" && a.Labels["severity"] != "warning" {
			t.Errorf("%s: severity %q", a.Name, a.Labels["severity"])
		}
		if a.Annotations["summary"] == "" || a.Annotations["runbook"] != "docs/runbook.md#"+strings.ToLower(a.Name) {
			t.Errorf("%s: annotations %v", a.Name, a.Annotations)
		}
		if !strings.Contains(sections[a.Name], "go tool task") {
			t.Errorf("%s: docs/runbook.md does not say what to do: %q", a.Name, sections[a.Name])
		}
		if !strings.Contains(string(tests), "        alertname: "+a.Name+"\n        exp_alerts:\n") {
			t.Errorf("%s: alerts_test.yml does not show that it fires", a.Name)
		}
		delete(sections, a.Name)
	}
	if len(sections) > 0 {
		t.Errorf("docs/runbook.md has sections of no alert: %v", slices.Sorted(maps.Keys(sections)))
	}
}

// sections are the texts of a page by their headings of the second level.
func sections(t *testing.T, file string) map[string]string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]string{}
	for _, part := range regexp.MustCompile(`(?m)^## `).Split(string(text), -1)[1:] {
		name, body, _ := strings.Cut(part, "\n")
		all[name] = body
	}
	return all
}
