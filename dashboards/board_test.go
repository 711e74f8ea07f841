package dashboards_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"pangea/dashboards"
)

func boards(t *testing.T) []dashboards.Board {
	t.Helper()
	all, err := dashboards.Boards()
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// A board for each question, which Grafana 12 reads, and which leads to the others.
func TestBoards_AnswerFiveQuestions(t *testing.T) {
	questions := map[string]bool{}
	for _, b := range boards(t) {
		questions[strings.TrimLeft(b.Title, "12345. ")] = true
		if b.UID == "" || b.Description == "" || b.SchemaVersion != 41 {
			t.Errorf("%s: uid %q, schema version %d, description %q", b.File, b.UID, b.SchemaVersion, b.Description)
		}
		if len(b.Links) != 1 || b.Links[0].Type != "dashboards" || !slices.Equal(b.Links[0].Tags, b.Tags) {
			t.Errorf("%s: links %+v do not lead to the boards of tags %v", b.File, b.Links, b.Tags)
		}
		for _, v := range b.Templating.List {
			if _, _, ok := v.LabelValues(); !ok || v.AllValue != ".*" || v.Datasource != source {
				t.Errorf("%s: variable %+v", b.File, v)
			}
		}
	}
	for _, want := range []string{"Is it fast?", "Is it behind?", "Does it converge?", "Does it survive?", "Will it last?"} {
		if !questions[want] {
			t.Errorf("no board %q", want)
		}
	}
	if len(questions) != 5 {
		t.Errorf("the boards are %v", questions)
	}
}

// source is the uid that provisioning gives to Prometheus.
var source = dashboards.Datasource{Type: "prometheus", UID: "pangea"}

// description says what is shown, what to do, and which invariants are watched.
var description = regexp.MustCompile(`(?s)^.+\.\n\nIf it looks bad: .+\.\n\nWatches I(1[0-4]|[1-9])(, I(1[0-4]|[1-9]))*\.$`)

func TestBoards_PanelsSayWhatTheyShow(t *testing.T) {
	for _, b := range boards(t) {
		ids, titles := map[int]bool{}, map[string]bool{}
		for i, p := range b.Panels {
			switch {
			case ids[p.ID] || titles[p.Title]:
				t.Errorf("%s: panel %d %q is there twice", b.File, p.ID, p.Title)
			case p.FieldConfig.Defaults.Unit == "":
				t.Errorf("%s: panel %q has no unit", b.File, p.Title)
			case !description.MatchString(p.Description):
				t.Errorf("%s: panel %q: description %q does not say what it shows, what to do and which invariant it watches", b.File, p.Title, p.Description)
			case p.Datasource != source:
				t.Errorf("%s: panel %q asks %+v", b.File, p.Title, p.Datasource)
			case i > 0 && overlaps(b.Panels[i-1], p):
				t.Errorf("%s: panel %q lies on %q", b.File, p.Title, b.Panels[i-1].Title)
			}
			ids[p.ID], titles[p.Title] = true, true
			checkTargets(t, b, p)
		}
	}
}

// overlaps reports whether b, which follows a, is not beside it or below.
func overlaps(a, b dashboards.Panel) bool {
	beside := a.GridPos.Y == b.GridPos.Y && a.GridPos.X+a.GridPos.W <= b.GridPos.X
	below := a.GridPos.Y+a.GridPos.H <= b.GridPos.Y
	return b.GridPos.X+b.GridPos.W > 24 || !beside && !below
}

func checkTargets(t *testing.T, b dashboards.Board, p dashboards.Panel) {
	t.Helper()
	if len(p.Targets) == 0 {
		t.Errorf("%s: panel %q asks nothing", b.File, p.Title)
	}
	for i, target := range p.Targets {
		if target.RefID != string(rune('A'+i)) || target.LegendFormat == "" {
			t.Errorf("%s: panel %q: series %d is %+v", b.File, p.Title, i, target)
		}
		if rest := b.Expand(target.Expr, time.Second, time.Second); strings.Contains(rest, "$") {
			t.Errorf("%s: panel %q: a variable is unknown in %s", b.File, p.Title, rest)
		}
	}
}

// The rate interval holds four scrapes, and no step is left out, as Grafana has it.
func TestBoard_Expand(t *testing.T) {
	b := dashboards.Board{}
	b.Templating.List = []dashboards.Variable{{Name: "region", AllValue: ".*"}}
	for _, c := range []struct {
		step time.Duration
		want string
	}{
		{5 * time.Second, `rate(m{region=~".*"}[20s])`},
		{time.Minute, `rate(m{region=~".*"}[65s])`},
	} {
		if got := b.Expand(`rate(m{region=~"$region"}[$__rate_interval])`, 5*time.Second, c.step); got != c.want {
			t.Errorf("got %s, want %s", got, c.want)
		}
	}
}
