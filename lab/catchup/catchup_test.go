package catchup

import (
	"context"
	"database/sql"
	"slices"
	"strings"
	"testing"
	"time"

	"pangea/lab/results"
	"pangea/lab/trend"
	"pangea/lab/wrk"
	"pangea/region/regiontest"
	"pangea/region/topology"
)

func TestMain(m *testing.M) { regiontest.Main(m) }

// on runs an experiment in a world of this process.
func on(t *testing.T, w *regiontest.World, cfg Config) (*results.Record, error) {
	t.Helper()
	if err := wrk.Ensure(t.Context(), func(note string) { t.Log(note) }); err != nil {
		t.Fatal(err)
	}
	cfg.From, cfg.To, cfg.Rate, cfg.Progress = "us", "eu", 200, t.Output()
	c, err := New(cfg, w.Topology)
	if err != nil {
		t.Fatal(err)
	}
	database := func(region string) (*sql.DB, error) { return sql.Open("postgres", w.DSN(region)) }
	return c.Run(t.Context(), database, func(context.Context) error { w.WaitConverged(t); return nil })
}

// What a round tells is all that was written, from its being missing to its being there.
func TestRun_CountsTheWholeBacklog(t *testing.T) {
	w := regiontest.New(t, regiontest.Options{})
	w.OK(t, "us", "PUT", "/profile/before", "1") // is not missing
	w.WaitConverged(t)
	const rounds = 2
	record, err := on(t, w, Config{Duration: 2 * time.Second, Rounds: rounds, Load: wrk.Config{Rows: 10}})
	if err != nil {
		t.Fatal(err)
	}
	total := uint64(1)
	for i, r := range record.Figures.([]*Round) {
		total += r.Events
		if r.Load.Writes == 0 || r.Events < r.Load.Writes || r.Entries == 0 || r.Entries > r.Events {
			t.Errorf("round %d: %d writes, and %d events in %d entries", i+1, r.Load.Writes, r.Events, r.Entries)
		}
		seen := trend.Values(r.Missing)
		if seen[0] != float64(r.Events) || seen[len(seen)-1] != 0 || !slices.IsSortedFunc(seen, func(a, b float64) int { return int(b - a) }) {
			t.Errorf("round %d: missing were %v of %d", i+1, seen, r.Events)
		}
	}
	if committed := w.Status(t, "us").Head.Ordinal; total != committed {
		t.Errorf("the backlogs sum up to %d, and us has committed %d", total, committed)
	}
	if applied := w.Metric(t, "eu", `pangea_applied_events_total{origin="us"}`); applied != float64(total) {
		t.Errorf("the backlogs sum up to %d, and eu has applied %v", total, applied)
	}
	if rows := len(record.Tables[0].Rows); rows != rounds+1 || len(record.Charts[0].Curves) != rounds {
		t.Errorf("%d rows and %d curves of %d rounds", rows, len(record.Charts[0].Curves), rounds)
	}
}

// With the relay, the log comes another way.
func TestRun_RefusesAFigureOfTwoLinks(t *testing.T) {
	w := regiontest.New(t, regiontest.Options{RelayAfter: time.Second})
	if _, err := on(t, w, Config{Duration: 5 * time.Second, Rounds: 1}); err == nil || !strings.Contains(err.Error(), "reached eu while the link was cut") {
		t.Errorf("got %v", err)
	}
	if World(w.Topology).Relay.Enabled || !w.Topology.Relay.Enabled {
		t.Error("World changes the wrong one")
	}
}

func TestRound_Speeds(t *testing.T) {
	r := &Round{Events: 1000, Missing: course{{At: 0, Value: 1000}, {At: 1, Value: 1000}, {At: 2, Value: 1000}, {At: 3, Value: 900}, {At: 7, Value: 0}}}
	if r.Missing.idle() != 2 || r.Missing.took() != 7 || r.speed() != 1000./7 || r.flow() != 200 {
		t.Errorf("idle %v, took %v, %v and %v events/s", r.Missing.idle(), r.Missing.took(), r.speed(), r.flow())
	}
	r.Missing = course{{At: 0, Value: 1000}, {At: 0.5, Value: 0}}
	if r.Missing.idle() != 0 || r.speed() != 2000 || r.flow() != 2000 {
		t.Errorf("at once: idle %v, %v and %v events/s", r.Missing.idle(), r.speed(), r.flow())
	}
}

// flawless are rounds of which every claim holds, though one alone would break the last.
func flawless() []*Round {
	var rounds []*Round
	for _, took := range []float64{10, 9, 11} {
		rounds = append(rounds, &Round{
			Load:   wrk.Result{Elapsed: 100 * time.Second, Writes: 300_000},
			Events: 300_000, Missing: course{{At: 0, Value: 300_000}, {At: took, Value: 0}},
		})
	}
	return rounds
}

func TestClaims(t *testing.T) {
	for want, spoil := range map[string]func([]*Round){
		"":                            func([]*Round) {},
		"every write is acknowledged": func(rounds []*Round) { rounds[0].Load.Errors = map[string]uint64{"status": 1} },
		"98 % of 3000 writes/s are acknowledged in every round":              func(rounds []*Round) { rounds[2].Load.Writes = 293_000 },
		"eu applies at least 30000 events/s from the heal on, in the median": func(rounds []*Round) { rounds[0].Missing[1].At = 10.1 },
	} {
		rounds := flawless()
		spoil(rounds)
		record := experiment(100*time.Second).record(rounds, nil)
		if got := broken(record); want == "" && len(got) > 0 || want != "" && !slices.Equal(got, []string{want}) {
			t.Errorf("got %q broken, want %q", got, want)
		}
	}
	record := experiment(100*time.Second).record(flawless(), context.DeadlineExceeded)
	if got := broken(record); !slices.Equal(got, []string{"all regions hold the same in the end"}) {
		t.Errorf("regions differ, and %q are broken", got)
	}
}

// What decides whether a speed is claimed is what was to be written, not what was found.
func TestClaims_OfALittleSayNothingOfSpeed(t *testing.T) {
	for duration, want := range map[time.Duration]int{100 * time.Second: 4, 99 * time.Second: 3} {
		if got := len(experiment(duration).record(flawless(), nil).Claims); got != want {
			t.Errorf("%v: %d claims, want %d", duration, got, want)
		}
	}
}

func experiment(duration time.Duration) *CatchUp {
	return &CatchUp{cfg: Config{From: "us", To: "eu", Rate: 3000, Duration: duration, Rounds: 3}}
}

func broken(r *results.Record) (texts []string) {
	for _, c := range r.Broken() {
		texts = append(texts, c.Text)
	}
	return texts
}

func TestNew_RefusesBadConfig(t *testing.T) {
	world := &topology.Topology{Regions: []topology.Region{{Name: "us", HTTP: "127.0.0.1:1"}, {Name: "eu"}}}
	for want, cfg := range map[string]Config{
		`unknown region "mars"`: {From: "mars", To: "eu", Rate: 1},
		`unknown region ""`:     {From: "us", Rate: 1},
		"no link to itself":     {From: "us", To: "us", Rate: 1},
		"rate":                  {From: "us", To: "eu"},
		"rounds":                {From: "us", To: "eu", Rate: 1, Rounds: -1},
		"whole seconds":         {From: "us", To: "eu", Rate: 1, Duration: time.Millisecond},
	} {
		if _, err := New(cfg, world); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
	if _, err := New(Config{From: "us", To: "eu", Rate: 1}, world); err != nil {
		t.Errorf("the defaults: %v", err)
	}
}
