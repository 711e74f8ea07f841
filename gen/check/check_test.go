package check

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"pangea/gen"
	"pangea/gen/tally"
	"pangea/gen/workload"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// world is three regions' counters behind real HTTP, that share every write at
// once unless a fault is planted. An increment is identified by its number.
type world struct {
	regions []gen.Endpoint
	mu      sync.Mutex
	writes  int
	values  []map[string]int64 // per region
	fault   func(w *world, key string, by int64)
	late    int // reads to answer with 0 first
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{}
	for i, name := range []string{"us", "eu", "ap"} {
		w.values = append(w.values, map[string]int64{})
		mux := http.NewServeMux()
		mux.HandleFunc("GET /counter/{key}", func(out http.ResponseWriter, r *http.Request) { w.read(out, i, r.PathValue("key")) })
		mux.HandleFunc("POST /counter/{key}/{op}", w.write)
		server := httptest.NewServer(mux)
		t.Cleanup(server.Close)
		w.regions = append(w.regions, gen.Endpoint{Name: name, URL: server.URL})
	}
	return w
}

func (w *world) read(out http.ResponseWriter, region int, key string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	value := w.values[region][key]
	if w.late > 0 {
		w.late--
		value = 0
	}
	fmt.Fprintf(out, `{"key":%q,"value":%d}`, key, value)
}

func (w *world) write(_ http.ResponseWriter, r *http.Request) {
	w.mu.Lock()
	defer w.mu.Unlock()
	var by int64
	_, _ = fmt.Fscanf(r.Body, `{"by":%d}`, &by)
	if r.PathValue("op") == "decr" {
		by = -by
	}
	if w.writes++; w.writes == 100 && w.fault != nil {
		w.fault(w, r.PathValue("key"), by)
		return
	}
	w.add(r.PathValue("key"), by)
}

func (w *world) add(key string, by int64) {
	for _, values := range w.values {
		values[key] += by
	}
}

// load drives a real run against the world and returns its tally.
func (w *world) load(t *testing.T) *tally.Tally {
	t.Helper()
	mix, err := workload.ParseMix("counter=1")
	if err != nil {
		t.Fatal(err)
	}
	l, err := gen.New(gen.Config{
		Workload: workload.Config{Seed: 3, Keys: 50, Zipf: 1.1, Mix: mix, Prefix: "g3/"},
		Rate:     1000, Duration: 300 * time.Millisecond, Places: w.regions,
	})
	if err != nil {
		t.Fatal(err)
	}
	return l.Run(t.Context()).Tally
}

func (w *world) check(t *testing.T, sums *tally.Tally, wait time.Duration) *Report {
	t.Helper()
	c, err := New(Config{Tally: sums, Regions: w.regions, Wait: wait})
	if err != nil {
		t.Fatal(err)
	}
	report, err := c.Run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return report
}

func TestCheck_PassesWhatIsConserved(t *testing.T) {
	w := newWorld(t)
	report := w.check(t, w.load(t), 0)
	if len(report.Wrong) != 0 || report.Checked == 0 {
		t.Errorf("checked %d, wrong %v, want none", report.Checked, report.Wrong)
	}
}

func TestCheck_FindsPlantedFaults(t *testing.T) {
	for name, test := range map[string]struct {
		fault func(w *world, key string, by int64)
		want  string
	}{
		"a write lost":           {func(*world, string, int64) {}, ""},
		"a write counted twice":  {func(w *world, key string, by int64) { w.add(key, 2*by) }, ""},
		"a write lost in one":    {func(w *world, key string, by int64) { w.values[0][key] += by; w.values[1][key] += by }, "ap has"},
		"a write doubled in one": {func(w *world, key string, by int64) { w.add(key, by); w.values[1][key] += by }, "eu has"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			key := ""
			w.fault = func(w *world, k string, by int64) { key = k; test.fault(w, k, by) }
			report := w.check(t, w.load(t), 0)
			if len(report.Wrong) != 1 || report.Wrong[0].Key != key {
				t.Fatalf("got %v, want %s alone", report.Wrong, key)
			}
			var out strings.Builder
			report.Print(&out)
			if !strings.Contains(out.String(), "FAILED: 1 of") || !strings.Contains(out.String(), test.want) {
				t.Errorf("want FAILED and %q in\n%s", test.want, out.String())
			}
		})
	}
}

func TestCheck_SecondRunOfASeedNeedsBothTallies(t *testing.T) {
	w := newWorld(t)
	first, second := w.load(t), w.load(t)
	report := w.check(t, second, 0)
	if len(report.Wrong) == 0 || !strings.Contains(report.Wrong[0].Problem(), "another run") {
		t.Errorf("one tally of two: got %v, want the missing one to be suspected", report.Wrong)
	}
	first.Merge(second)
	if report := w.check(t, first, 0); len(report.Wrong) != 0 {
		t.Errorf("both tallies: got %v, want none wrong", report.Wrong)
	}
}

func TestCheck_SilentRegionIsOneLine(t *testing.T) {
	w := newWorld(t)
	sums := w.load(t)
	w.regions[1].URL = "http://127.0.0.1:1"
	report := w.check(t, sums, 0)
	var out strings.Builder
	report.Print(&out)
	if len(report.Wrong) != report.Checked || strings.Count(out.String(), "eu cannot be asked") != 1 {
		t.Errorf("want all counters wrong and eu named once, got %d and\n%s", len(report.Wrong), out.String())
	}
}

func TestCheck_WaitsForWritesUnderWay(t *testing.T) {
	w := newWorld(t)
	sums := w.load(t)
	w.late = 3
	if report := w.check(t, sums, 10*time.Second); len(report.Wrong) != 0 {
		t.Errorf("got %v, want none wrong after a second look", report.Wrong)
	}
}

func TestCounter_Problem(t *testing.T) {
	values := func(us, eu int64) []Value { return []Value{{Region: "us", Value: us}, {Region: "eu", Value: eu}} }
	for _, test := range []struct {
		counter Counter
		want    string // part of the problem
	}{
		{Counter{Low: 1, High: 3, Values: values(2, 2)}, ""},
		{Counter{Low: 1, High: 3, Values: values(1, 3)}, "disagree"},
		{Counter{Low: 1, High: 3, Values: values(3, 0)}, "eu has 1 less"},
		{Counter{Low: 1, High: 3, Values: values(5, 3)}, "us has 2 more"},
		{Counter{Values: []Value{{Region: "us", Err: http.ErrServerClosed}}}, "us cannot be asked"},
	} {
		if got := test.counter.Problem(); !strings.Contains(got, test.want) || (got == "") != (test.want == "") {
			t.Errorf("%+v: got %q, want %q", test.counter, got, test.want)
		}
	}
}
