package wrk_test

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"pangea/lab/wrk"
	"pangea/region/regiontest"
)

func TestMain(m *testing.M) { regiontest.Main(m) }

func load(t *testing.T, cfg wrk.Config) []wrk.Result {
	t.Helper()
	if err := wrk.Ensure(t.Context(), func(note string) { t.Log(note) }); err != nil {
		t.Fatal(err)
	}
	l, err := wrk.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	results, err := l.Run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return results
}

// Whatever is counted as written is in the region's log, and no more than what may
// have been under way at the end is there besides (I1).
func TestLoad_WritesAreInTheLog(t *testing.T) {
	const connections, rows = 4, 20
	for name, cfg := range map[string]wrk.Config{
		"put":        {Write: wrk.Put},
		"large put":  {Write: wrk.Put, ValueBytes: 500},
		"incr":       {Write: wrk.Incr},
		"batch put":  {Write: wrk.Put, Rows: rows},
		"batch incr": {Write: wrk.Incr, Rows: rows},
	} {
		t.Run(name, func(t *testing.T) {
			w := regiontest.New(t, regiontest.Options{Regions: []string{"us"}})
			cfg.Targets = []wrk.Target{{Name: "us", Address: strings.TrimPrefix(w.URL("us", ""), "http://")}}
			cfg.Connections, cfg.Duration = connections, time.Second
			r := load(t, cfg)[0]
			committed := w.Status(t, "us").Head.Ordinal
			if r.Writes == 0 || committed < r.Writes || committed > r.Writes+connections*uint64(max(1, cfg.Rows)) {
				t.Errorf("%d writes were acknowledged and %d committed", r.Writes, committed)
			}
			if r.Failed() != 0 || r.Latency.P50 == 0 || r.Latency.Max < r.Latency.P99 {
				t.Errorf("got %+v, want latencies and no errors", r)
			}
		})
	}
}

// serve answers with the status and counts the requests.
func serve(t *testing.T, status int, body string) (address string, served *atomic.Uint64) {
	t.Helper()
	served = &atomic.Uint64{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		served.Add(1)
		w.WriteHeader(status)
		_, _ = w.Write([]byte(body))
	}))
	t.Cleanup(server.Close)
	return strings.TrimPrefix(server.URL, "http://"), served
}

func TestLoad_FailuresAreNoWrites(t *testing.T) {
	refuses, _ := serve(t, http.StatusServiceUnavailable, "")
	mixed, _ := serve(t, http.StatusOK, "{\"status\":200}\n{\"status\":503,\"type\":\"x\"}\n")
	targets := []wrk.Target{{Name: "refuses", Address: refuses}, {Name: "also", Address: refuses}}
	total := wrk.Total(load(t, wrk.Config{Targets: targets, Connections: 1, Duration: time.Second}))
	if total.Writes != 0 || total.Errors["status"] != total.Requests || total.Requests == 0 {
		t.Errorf("got %+v, want only errors", total)
	}
	r := load(t, wrk.Config{Targets: []wrk.Target{{Name: "mixed", Address: mixed}}, Rows: 2, Connections: 1, Duration: time.Second})[0]
	if r.Writes == 0 || r.Errors["503"] < r.Writes || r.Failed() != r.Errors["503"] {
		t.Errorf("got %+v, want half of the lines failed", r)
	}
}

func TestLoad_KeepsThePace(t *testing.T) {
	address, served := serve(t, http.StatusOK, "")
	load(t, wrk.Config{Targets: []wrk.Target{{Name: "a", Address: address}}, Rate: 100, Connections: 4, Duration: 2 * time.Second})
	if n := served.Load(); n < 150 || n > 210 {
		t.Errorf("%d requests in 2 s at 100 per second", n)
	}
}

// The distribution is the one that pgbench documents: with the exponent s, the first
// key is 2^s times as frequent as the second.
func TestLoad_KeysFollowZipf(t *testing.T) {
	var mu sync.Mutex
	keys := map[string]int{}
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		keys[r.URL.Path]++
	}))
	defer server.Close()
	target := wrk.Target{Name: "a", Address: strings.TrimPrefix(server.URL, "http://")}
	load(t, wrk.Config{Targets: []wrk.Target{target}, Connections: 1, Duration: 2 * time.Second, Zipf: 2})
	mu.Lock()
	defer mu.Unlock()
	first, second := float64(keys["/profile/1"]), float64(keys["/profile/2"])
	if ratio := first / second; second < 500 || ratio < 3.4 || ratio > 4.6 {
		t.Errorf("key 1 came %v times and key 2 %v times, want four times as often", first, second)
	}
}

func TestLoad_NobodyThere(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := l.Addr().String()
	l.Close()
	run, err := wrk.New(wrk.Config{Targets: []wrk.Target{{Name: "us", Address: address}}, Duration: time.Second})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := run.Run(t.Context()); err == nil || !strings.Contains(err.Error(), "wrk on us") {
		t.Errorf("got %v, want an error that names us", err)
	}
}

func TestLoad_CancelEndsIt(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	address, _ := serve(t, http.StatusOK, "")
	run, err := wrk.New(wrk.Config{Targets: []wrk.Target{{Name: "a", Address: address}}, Duration: time.Minute})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	if _, err := run.Run(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v, want %v", err, context.DeadlineExceeded)
	}
	if left, err := os.ReadDir(os.TempDir()); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

func TestNew_RefusesWhatWrkCannotDo(t *testing.T) {
	target := []wrk.Target{{Name: "us", Address: "127.0.0.1:1"}}
	for want, cfg := range map[string]wrk.Config{
		"at least one target":    {},
		"whole seconds":          {Targets: target, Duration: 1500 * time.Millisecond},
		"neither":                {Targets: target, Write: "delete"},
		"exponent must be above": {Targets: target, Zipf: 1},
		"address of us":          {Targets: []wrk.Target{{Name: "us", Address: "8101"}}},
	} {
		if _, err := wrk.New(cfg); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
}
