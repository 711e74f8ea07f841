package loss_test

import (
	"context"
	"database/sql"
	"errors"
	"strings"
	"testing"
	"time"

	_ "github.com/lib/pq"

	"pangea/chaos"
	"pangea/lab/loss"
	"pangea/region/regiontest"
)

func TestMain(m *testing.M) { regiontest.Main(m) }

// stage is three real regions, of which one can go away and come back. It keeps its
// disks, so nothing is lost but what a test deletes.
type stage struct {
	*regiontest.World
	t *testing.T
}

func (s stage) Destroy(words []string) (chaos.Fault, error) {
	return chaos.Fault{
		Name: "stop " + words[0], Broken: words[0] + " is away", Cure: "start " + words[0],
		Inject: func(context.Context) error { s.Stop(s.t, words[0]); return nil },
		Heal:   func(context.Context) error { s.Start(s.t, words[0]); return nil },
	}, nil
}

// forget deletes rows behind the regions' back.
func (s stage) forget(statement string, regions ...string) {
	s.t.Helper()
	for _, name := range regions {
		db, err := sql.Open("postgres", s.DSN(name))
		if err != nil {
			s.t.Fatal(err)
		}
		defer db.Close()
		if _, err := db.ExecContext(s.t.Context(), statement); err != nil {
			s.t.Fatal(err)
		}
	}
}

// lose goes through one round, without eu from 2.2 s on for 2 s.
func (s stage) lose(verify loss.Verify) *loss.Round {
	s.t.Helper()
	topo := *s.Topology
	topo.Regions = append(topo.Regions[:0:0], topo.Regions...)
	for i := range topo.Regions {
		topo.Regions[i].Router = topo.Regions[i].HTTP
	}
	cfg := loss.Config{Rounds: 1, Seed: shortSeed, Rate: 100, Region: "eu", Limit: time.Minute, Progress: s.t.Output()}
	experiment, err := loss.New(cfg, &topo, s, verify)
	if err != nil {
		s.t.Fatal(err)
	}
	report, err := experiment.Run(s.t.Context())
	if len(report.Rounds) != 1 {
		s.t.Fatalf("%d rounds, %v", len(report.Rounds), err)
	}
	report.Print(s.t.Output())
	return report.Rounds[0]
}

const shortSeed = 72

func TestExperiment_MissesNothingThatIsThere(t *testing.T) {
	s := stage{World: regiontest.New(t, regiontest.Options{}), t: t}
	r := s.lose(func(context.Context) error { s.WaitConverged(t); return nil })
	if r.Broken() || r.Lost > 0 || r.LostSpan > 0 {
		t.Errorf("broken: %v, missing %q and %q, lost %d of %v", r.Broken(), r.MissingAcks, r.MissingEntries, r.Lost, r.LostSpan)
	}
	if r.Kept == 0 || r.Load.OK == 0 || r.Whole < r.Ready {
		t.Errorf("%d acknowledgements, %d operations, ready after %v, whole after %v", r.Kept, r.Load.OK, r.Ready, r.Whole)
	}
}

func TestExperiment_SeesWhatIsMissing(t *testing.T) {
	everywhere := []string{"us", "eu", "ap"}
	planted := []struct {
		statement string
		regions   []string
		want      string // in what is missing
	}{
		{`DELETE FROM tags WHERE key LIKE '%-eu-peer'`, everywhere, "acknowledged by eu (peer)"},
		{`DELETE FROM tags WHERE key LIKE '%-us-local'`, everywhere, "acknowledged by us (local)"},
		{`DELETE FROM counter WHERE key LIKE '%-eu'`, everywhere, "is 0 in ap: want"},
		{`DELETE FROM handle`, []string{"ap"}, `has no "user:us", acknowledged by us (peer)`},
		// Those below 200 are from before the loss: the region may lose them.
		{`DELETE FROM tags WHERE key LIKE '%-eu-local' AND tag < '2'`, everywhere, ""},
	}
	s := stage{World: regiontest.New(t, regiontest.Options{}), t: t}
	r := s.lose(func(context.Context) error {
		s.WaitConverged(t)
		for _, p := range planted {
			s.forget(p.statement, p.regions...)
		}
		return nil
	})
	missing := strings.Join(r.MissingAcks, "\n")
	for _, p := range planted {
		if !strings.Contains(missing, p.want) {
			t.Errorf("after %s: %q is not in\n%s", p.statement, p.want, missing)
		}
	}
	if !r.Broken() || strings.Contains(missing, "acknowledged by eu (local)") {
		t.Errorf("broken: %v, missing:\n%s", r.Broken(), missing)
	}
	if r.Lost == 0 || r.LostSpan < time.Second || r.LostSpan > 3*time.Second {
		t.Errorf("lost %d of %v, want some of 1 to 3 s", r.Lost, r.LostSpan)
	}
}

func TestExperiment_EndsWhenRegionsDiffer(t *testing.T) {
	s := stage{World: regiontest.New(t, regiontest.Options{}), t: t}
	r := s.lose(func(context.Context) error { return errors.New("they differ") })
	if !r.Broken() || !strings.Contains(r.Error, "they differ") || r.Verified {
		t.Errorf("got %+v, want it broken because they differ", r)
	}
}
