//go:build boards

package dashboards_test

import (
	"context"
	"fmt"
	"io"
	"math"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/api"
	v1 "github.com/prometheus/client_golang/api/prometheus/v1"
	"github.com/prometheus/common/model"
	"github.com/urfave/cli/v3"

	"pangea/dashboards"
	"pangea/lab"
	"pangea/lab/porttest"
	"pangea/lab/prometheus"
	"pangea/lab/stack/stacktest"
	"pangea/region/regiontest"
)

func TestMain(m *testing.M) {
	defer stacktest.Close()
	m.Run()
}

// The interval of prometheus.yml, and that between two points of a picture.
const scrape, step = 5 * time.Second, 5 * time.Second

// Whoever opens a board during a bad quarter of an hour sees something in every panel.
func TestBoards_EveryExpressionHasSomethingToShow(t *testing.T) {
	w := live(t)
	s := watch(t, w)
	begun := time.Now()
	w.suffer(t, s)
	for _, b := range boards(t) {
		for _, p := range b.Panels {
			for _, target := range p.Targets {
				where := fmt.Sprintf("%s: panel %q, %s", b.File, p.Title, target.RefID)
				shown := s.show(t, where, b.Expand(target.Expr, scrape, step), begun)
				if missing := w.missing(shown); ofEach(target) && len(missing) > 0 {
					t.Errorf("%s shows nothing of %v: %s", where, missing, target.Expr)
				}
			}
		}
		for _, a := range b.Annotations.List {
			s.show(t, fmt.Sprintf("%s: annotation %q", b.File, a.Name), b.Expand(a.Target.Expr, scrape, step), begun)
		}
		for _, v := range b.Templating.List {
			s.choose(t, b, v, begun)
		}
	}
	s.rulesAreEvaluated(t)
}

// server is a real Prometheus that scrapes a real stack.
type server struct{ v1.API }

// watch has `lab boards` scrape w until the test ends.
func watch(t *testing.T, w *world) *server {
	t.Helper()
	address := porttest.Address(t)
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() {
		ended <- command(t.Output()).Run(ctx, []string{"lab", "-root", w.root, "boards", "-listen", address})
	}()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	client, err := api.NewClient(api.Config{Address: "http://" + address})
	if err != nil {
		t.Fatal(err)
	}
	s := &server{v1.NewAPI(client)}
	s.until(t, `count(up == 1) == 6`)
	return s
}

func command(out io.Writer) *cli.Command {
	c := lab.Command()
	c.Writer = out
	return c
}

func programs(t *testing.T) prometheus.Programs {
	t.Helper()
	p, err := prometheus.Ensure(t.Context(), func(note string) { t.Log(note) })
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// until waits for an expression to be true of what was scraped.
func (s *server) until(t *testing.T, expr string) {
	t.Helper()
	regiontest.Eventually(t, regiontest.Patience, func() string {
		value, _, _, err := s.Query(t.Context(), expr, time.Now())
		if err != nil {
			return err.Error()
		}
		if v, ok := value.(model.Vector); !ok || len(v) == 0 {
			return "never " + expr
		}
		return ""
	})
}

// show fails if an expression fails, or has no value since begun. It returns the regions
// of the series that have one.
func (s *server) show(t *testing.T, where, expr string, begun time.Time) (regions []string) {
	t.Helper()
	now := time.Now()
	since := now.Add(-now.Sub(begun).Truncate(step)) // whole steps: the last point is now
	value, _, _, err := s.QueryRange(t.Context(), expr, v1.Range{Start: since, End: now, Step: step})
	if err != nil {
		t.Errorf("%s: %v: %s", where, err, expr)
		return nil
	}
	isNumber := func(p model.SamplePair) bool { return !math.IsNaN(float64(p.Value)) }
	for _, series := range value.(model.Matrix) {
		if slices.ContainsFunc(series.Values, isNumber) {
			regions = append(regions, string(series.Metric["region"]))
		}
	}
	if len(regions) == 0 {
		t.Errorf("%s is empty: %s", where, expr)
	}
	return regions
}

// ofSome is what only those regions show that a fault was about: what was relayed, and what
// is drawn only above 0.
var ofSome = regexp.MustCompile(`pangea_relay_entries_total|> 0$`)

// ofEach reports whether there must be a series of each region.
func ofEach(target dashboards.Target) bool {
	return strings.Contains(target.LegendFormat, "{{region}}") && !ofSome.MatchString(target.Expr)
}

// missing are the regions of w that are not shown.
func (w *world) missing(shown []string) []string {
	return slices.DeleteFunc(w.Topology.Names(), func(region string) bool { return slices.Contains(shown, region) })
}

// choose fails if there is nothing to choose.
func (s *server) choose(t *testing.T, b dashboards.Board, v dashboards.Variable, begun time.Time) {
	t.Helper()
	metric, label, _ := v.LabelValues()
	values, _, _, err := s.LabelValues(t.Context(), label, []string{metric}, begun, time.Now())
	if err != nil || len(values) < 3 {
		t.Errorf("%s: $%s is one of %v, %v", b.File, v.Name, values, err)
	}
}

func (s *server) rulesAreEvaluated(t *testing.T) {
	t.Helper()
	rules, err := s.Rules(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	alerts, err := dashboards.Alerts()
	if err != nil {
		t.Fatal(err)
	}
	evaluated := 0
	for _, g := range rules.Groups {
		for _, r := range g.Rules {
			evaluated++
			if a, ok := r.(v1.AlertingRule); !ok || a.Health != v1.RuleHealthGood {
				t.Errorf("%s: %+v", g.Name, r)
			}
		}
	}
	if evaluated != len(alerts) {
		t.Errorf("%d rules are evaluated, and alerts.yml has %d", evaluated, len(alerts))
	}
}

// What promtool says of the files as they are here.
func TestPrometheus_FilesPassPromtool(t *testing.T) {
	for _, args := range []string{"check config prometheus.yml", "check rules alerts.yml", "test rules alerts_test.yml"} {
		cmd := exec.CommandContext(t.Context(), programs(t).Promtool, strings.Fields(args)...)
		cmd.Dir = "prometheus"
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("promtool %s: %v\n%s", args, err, out)
		}
	}
}
