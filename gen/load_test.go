package gen

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"pangea/gen/tally"
	"pangea/gen/workload"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// region is an HTTP server that counts as a region does and answers as badly
// as one can: the answers to some writes never come, after or before they count.
type region struct {
	*httptest.Server
	mu       sync.Mutex
	requests int
	applied  map[string]int64
	cut      int // requests whose connection was cut
	refused  int
}

func startRegion(t *testing.T) *region {
	t.Helper()
	r := &region{applied: map[string]int64{}}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /counter/{key}/{op}", r.write)
	r.keepBooks(mux)
	r.Server = httptest.NewServer(mux)
	t.Cleanup(r.Close)
	return r
}

func (r *region) write(w http.ResponseWriter, req *http.Request) {
	r.mu.Lock()
	defer r.mu.Unlock()
	var body struct{ By int64 }
	if err := json.NewDecoder(req.Body).Decode(&body); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	if req.PathValue("op") == "decr" {
		body.By = -body.By
	}
	r.requests++
	w.Header().Set("X-Served-By", "us")
	switch r.requests % 10 {
	case 3: // lost after it was applied
		r.applied[req.PathValue("key")] += body.By
		r.cut++
		panic(http.ErrAbortHandler)
	case 6: // lost before
		r.cut++
		panic(http.ErrAbortHandler)
	case 9:
		r.refused++
		w.WriteHeader(http.StatusServiceUnavailable)
	default:
		r.applied[req.PathValue("key")] += body.By
	}
}

func counters(t *testing.T, rate float64, duration time.Duration, urls ...string) Config {
	t.Helper()
	mix, err := workload.ParseMix("counter=1")
	if err != nil {
		t.Fatal(err)
	}
	cfg := Config{
		Workload: workload.Config{Seed: 7, Keys: 100, Zipf: 1.1, Mix: mix, Prefix: "g7-"},
		Rate:     rate, Duration: duration,
	}
	for i, url := range urls {
		cfg.Places = append(cfg.Places, Endpoint{Name: fmt.Sprintf("place %d", i), URL: url})
	}
	return cfg
}

func newLoad(t *testing.T, cfg Config) *Load {
	t.Helper()
	l, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func TestLoad_CountsWhatClientsWereTold(t *testing.T) {
	r := startRegion(t)
	result := newLoad(t, counters(t, 1000, time.Second, r.URL, r.URL, r.URL)).Run(t.Context())
	total := result.Report.Total
	if total.Count != 1000 || r.requests != 1000 {
		t.Errorf("sent %d, the server saw %d, want 1000 each", total.Count, r.requests)
	}
	if int(total.Unanswered) != r.cut || int(total.Unavailable) != r.refused || total.Refused != 0 {
		t.Errorf("got %d unanswered, %d unavailable, %d refused; the server cut %d, answered 503 to %d",
			total.Unanswered, total.Unavailable, total.Refused, r.cut, r.refused)
	}
	if got := int(result.Tally.Unanswered); got != r.cut {
		t.Errorf("the tally has %d unanswered, want %d", got, r.cut)
	}
	for key, value := range r.applied {
		if low, high := result.Tally.Counters[key].Interval(); value < low || value > high {
			t.Errorf("%s: the server has %d, the tally says %d to %d", key, value, low, high)
		}
	}
	served := uint64(0)
	for _, p := range result.Report.Places {
		served += p.ServedBy["us"]
	}
	if want := uint64(r.requests - r.cut); served != want {
		t.Errorf("served by us: got %d answers, want %d", served, want)
	}
}

func TestLoad_SameSeedSameWrites(t *testing.T) {
	var sums [2]tally.Counter
	for i, rate := range []float64{500, 2000} {
		server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
		cfg := counters(t, rate, time.Duration(500/rate*float64(time.Second)), server.URL)
		sums[i] = newLoad(t, cfg).Run(t.Context()).Tally.Sum()
		server.Close()
	}
	if sums[0] != sums[1] || sums[0].Incr == 0 {
		t.Errorf("500 operations at 500/s and at 2000/s: got %+v and %+v, want the same", sums[0], sums[1])
	}
}

// A server that answers nothing for a while must show in the latencies of all
// the operations that were due meanwhile, and in the longest gap.
func TestLoad_SaturationIsReported(t *testing.T) {
	release := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-release }))
	defer server.Close()
	cfg := counters(t, 200, time.Second, server.URL)
	cfg.InFlight = 10
	time.AfterFunc(500*time.Millisecond, func() { close(release) })
	report := newLoad(t, cfg).Run(t.Context()).Report
	if report.Total.OK != 200 {
		t.Errorf("got %d ok, want 200", report.Total.OK)
	}
	if report.Pacing.Saturated == 0 || !report.GeneratorSaturated() {
		t.Errorf("got pacing %+v, want it saturated", report.Pacing)
	}
	if p50 := report.Total.P50; p50 < time.Millisecond || report.Total.P95 < 400*time.Millisecond {
		t.Errorf("got p50 %v, p95 %v: the stall is missing from the latencies", p50, report.Total.P95)
	}
	if gap := report.Places[0].LongestGap.Length; gap < 400*time.Millisecond {
		t.Errorf("longest gap: got %v, want about 500ms", gap)
	}
}

func TestLoad_CancelledRunReports(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { cancel() }))
	defer server.Close()
	result := newLoad(t, counters(t, 100, time.Hour, server.URL)).Run(ctx)
	if n := result.Report.Total.OK; n == 0 || n > 1000 {
		t.Errorf("got %d operations answered, want a few", n)
	}
}

func TestResult_FileHoldsTheTally(t *testing.T) {
	r := startRegion(t)
	result := newLoad(t, counters(t, 500, 200*time.Millisecond, r.URL)).Run(t.Context())
	path, err := result.Write(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	got, err := ReadTally(path)
	if err != nil {
		t.Fatal(err)
	}
	if got.Sum() != result.Tally.Sum() || len(got.Counters) != len(result.Tally.Counters) || got.Unanswered != result.Tally.Unanswered {
		t.Errorf("read %+v of %d counters, wrote %+v of %d", got.Sum(), len(got.Counters), result.Tally.Sum(), len(result.Tally.Counters))
	}
}

func TestNew_RefusesBadConfig(t *testing.T) {
	for name, change := range map[string]func(*Config){
		"rate":     func(c *Config) { c.Rate = 0 },
		"duration": func(c *Config) { c.Duration = -time.Second },
		"no operation": func(c *Config) {
			c.Rate, c.Duration = 1, time.Millisecond
		},
		"no router": func(c *Config) { c.Places = nil },
		"want":      func(c *Config) { c.Places[0].URL = "localhost" },
		"ack":       func(c *Config) { c.Ack = "nobody" },
		"in flight": func(c *Config) { c.InFlight = -1 },
		"timeout":   func(c *Config) { c.Timeout = -1 },
		"zipf":      func(c *Config) { c.Workload.Zipf = 0.5 },
		"regions":   func(c *Config) { c.Regions = []Endpoint{{"us", "us"}} },
	} {
		cfg := counters(t, 1, time.Minute, "http://127.0.0.1:1")
		change(&cfg)
		if _, err := New(cfg); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: got error %v, want one that names it", name, err)
		}
	}
}
