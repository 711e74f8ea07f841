package router

import (
	"strings"
	"testing"

	"pangea/dashboards"
)

func TestMetrics_AreThoseOfTheBoards(t *testing.T) {
	s := newStage(t)
	s.do("GET", "/profile/a", "")
	got := s.do("GET", "/metrics", "").body
	wanted, err := dashboards.Metrics()
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range wanted {
		if strings.HasPrefix(name, "pangea_router_") && !strings.Contains(got, "\n"+name+"{") {
			t.Errorf("a board asks for %s, and no router has it", name)
		}
	}
}
