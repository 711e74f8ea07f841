package gen

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"pangea/gen/history"
	"pangea/gen/workload"
)

// keepBooks has the region answer what is asked of it before a run is recorded.
func (r *region) keepBooks(mux *http.ServeMux) {
	var mark atomic.Value // of the body that was put
	mux.HandleFunc("GET /profile/{key}", func(w http.ResponseWriter, _ *http.Request) {
		if mark.Load() == nil {
			w.WriteHeader(http.StatusNotFound)
			return
		}
		fmt.Fprintf(w, `{"value":%s}`, mark.Load())
	})
	mux.HandleFunc("PUT /profile/{key}", func(_ http.ResponseWriter, req *http.Request) {
		body, _ := io.ReadAll(req.Body)
		mark.Store(body)
	})
	mux.HandleFunc("GET /ledger", func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(w, `{"ledger":[{"class":"counter","origin":"us","committed":2,"merged":2}]}`)
	})
}

// hopping is a run of 600 operations by clients near three places, who hop.
func hopping(t *testing.T, rate float64, inFlight int) (Config, *region) {
	t.Helper()
	r := startRegion(t)
	cfg := counters(t, rate, time.Duration(600/rate*float64(time.Second)), r.URL, r.URL, r.URL)
	cfg.Hop, cfg.InFlight, cfg.Sessions = 0.3, inFlight, 4
	cfg.Regions = []Endpoint{{Name: "us", URL: r.URL}}
	return cfg, r
}

// The same seed gives the same operations, byte for byte, by the same clients from the same
// places, whatever the rate and however many are in flight.
func TestRecord_SameSeedSameHistory(t *testing.T) {
	var lines [2][]history.Record
	for i, cfg := range []struct {
		rate     float64
		inFlight int
	}{{300, 1}, {3000, 64}} {
		dir := filepath.Join(t.TempDir(), "run")
		config, _ := hopping(t, cfg.rate, cfg.inFlight)
		if _, err := newLoad(t, config).Record(t.Context(), dir); err != nil {
			t.Fatal(err)
		}
		h, err := history.Read(dir)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range h.Records { // what is of the operation, not of its answer
			lines[i] = append(lines[i], history.Record{
				Index: r.Index, Session: r.Session, At: r.At, Class: r.Class, Key: r.Key, Kind: r.Kind, Arg: r.Arg,
			})
		}
		slices.SortFunc(lines[i], func(a, b history.Record) int { return cmp.Compare(a.Index, b.Index) })
	}
	if len(lines[0]) != 600 {
		t.Errorf("recorded %d operations, want 600", len(lines[0]))
	}
	if diff := gocmp.Diff(lines[0], lines[1]); diff != "" {
		t.Errorf("at 300/s and at 3000/s (-want +got):\n%s", diff)
	}
}

func TestRecord_SaysWhatTheRunWas(t *testing.T) {
	config, _ := hopping(t, 2000, 100)
	dir := filepath.Join(t.TempDir(), "run")
	result, err := newLoad(t, config).Record(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	h, err := history.Read(dir)
	if err != nil {
		t.Fatal(err)
	}
	if h.Seed != 7 || h.Prefix != "g7-" || h.Run == "" || h.Ledgers["us"][0].Committed != 2 || h.Machine == nil || h.Config == nil {
		t.Errorf("got the header %+v", h.Header)
	}
	summary, err := ReadResult(filepath.Join(dir, SummaryFile))
	if err != nil {
		t.Fatal(err)
	}
	if got, want := summary.Report.Total, result.Report.Total; got != want || int(got.Count) != len(h.Records) {
		t.Errorf("the summary has %+v, the run %+v, the history %d lines", got, want, len(h.Records))
	}
}

func TestRecord_CancelledRunIsWhole(t *testing.T) {
	config, r := hopping(t, 500, 100)
	config.Duration = time.Hour
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(300*time.Millisecond, cancel)
	dir := filepath.Join(t.TempDir(), "run")
	if _, err := newLoad(t, config).Record(ctx, dir); err != nil {
		t.Fatal(err)
	}
	h, err := history.Read(dir)
	if err != nil {
		t.Fatal(err)
	}
	if len(h.Records) == 0 || len(h.Records) != r.requests {
		t.Errorf("recorded %d operations, the server saw %d", len(h.Records), r.requests)
	}
}

func TestRecord_RefusesKeysOfAnotherRun(t *testing.T) {
	config, _ := hopping(t, 2000, 100)
	if _, err := newLoad(t, config).Record(t.Context(), filepath.Join(t.TempDir(), "run")); err != nil {
		t.Fatal(err)
	}
	_, err := newLoad(t, config).Record(t.Context(), filepath.Join(t.TempDir(), "run"))
	if err == nil || !strings.Contains(err.Error(), "-prefix") {
		t.Errorf("a second run of the same keys: got %v, want what to do", err)
	}
	config.Regions = nil
	if _, err := newLoad(t, config).Record(t.Context(), filepath.Join(t.TempDir(), "run")); err == nil || !strings.Contains(err.Error(), "-target") {
		t.Errorf("without regions: got %v, want what to do", err)
	}
}

func TestRoutes_HopAsOftenAsTheyShould(t *testing.T) {
	cfg := Config{Workload: workload.Config{Seed: 3}, Places: make([]Endpoint, 3), Sessions: 5, Hop: 0.25}
	routes, away := newRoutes(cfg), [3]int{}
	const n = 30_000
	for i := range uint64(n) {
		session, place := routes.at(i)
		if session != int(i%15) {
			t.Fatalf("operation %d is of session %d, want %d", i, session, i%15)
		}
		away[(place-session%3+3)%3]++
	}
	for _, hops := range away[1:] {
		if share := float64(hops) / n; share < 0.115 || share > 0.135 {
			t.Errorf("a share of %.3f goes to each of the other places, want 0.125: %v", share, away)
		}
	}
	cfg.Hop = 0
	if _, place := newRoutes(cfg).at(16); place != 1 {
		t.Errorf("without hops, operation 16 goes to place %d, want 1", place)
	}
}

// A client sends along what it was shown, and only that.
func TestLoad_SendsTheVectorAlong(t *testing.T) {
	var s session
	if got := s.vector(); got != "" {
		t.Errorf("at first: got %q, want nothing", got)
	}
	s.saw([]byte(`{"value":{"version_vector":"us=9"},"version_vector":"us=2,eu=5"}`))
	s.saw([]byte(`{"tags":[],"version_vector":"us=3,eu=4"}`))
	s.saw([]byte(`no JSON`))
	if got, want := s.vector(), "eu=5,us=3"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
