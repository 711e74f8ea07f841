package bench

import (
	"strings"
	"testing"
	"time"

	"pangea/gen/measure"
	"pangea/lab/meter"
)

// run has round figures: 3,000 writes at 3 CPUs of one process.
func run(round int, way Way) *Run {
	ms := func(n int) time.Duration { return time.Duration(n*round) * time.Millisecond }
	return &Run{
		Round: round, Way: way, Drain: time.Second, Op: 25 * time.Microsecond,
		Load: &measure.Report{Offered: 6000, Writes: measure.Row{P50: ms(2), P99: ms(10)}},
		Cost: &meter.Report{
			Took:      time.Second,
			Processes: []meter.Process{{Name: "region-us", CPU: 3 * time.Second}},
			Logs:      []meter.Log{{Region: "us", Events: 3000, Entries: 300, Stream: 90_000, WAL: 600_000}},
			Links: []meter.Link{{
				Origin: "us", Region: "eu", Delay: 40 * time.Millisecond,
				Message: meter.Spread{Count: 20, P50: 41 * time.Millisecond, P99: 50 * time.Millisecond},
				Visible: meter.Spread{Count: 20, P50: 50 * time.Millisecond, P99: 80 * time.Millisecond},
			}},
		},
	}
}

func TestReport_MediansStandBesideTheirSpread(t *testing.T) {
	r := &Report{Config: Config{Rounds: 3}}
	for round := range 3 {
		r.Runs = append(r.Runs, run(round+1, Straight))
	}
	var out strings.Builder
	r.Print(&out)
	for row, want := range map[string]string{
		"write p99 ":                     "20 (10 to 30)",
		"write visible above one way":    "10 (10 to 10) / 40 (40 to 40)",
		"write visible above the messag": "9 (9 to 9) / 30 (30 to 30)",
		"commit to commit above one way": "│ - ",
		"region-us":                      "1000 (1000 to 1000)", // the first row of it is CPU
		"WAL of us":                      "200 (200 to 200)",
		"streams":                        "30 (30 to 30)",
		"writes in an entry":             "10 (10 to 10)",
	} {
		if line := lineWith(out.String(), row); !strings.Contains(line, want) {
			t.Errorf("%s: got %q, want %s", row, line, want)
		}
	}
	if line := lineWith(out.String(), "write p99 "); !strings.HasSuffix(line, "│ -              │") {
		t.Errorf("a way without a run: got %q, want none", line)
	}
}

func lineWith(text, part string) string {
	for line := range strings.Lines(text) {
		if strings.Contains(line, part) {
			return strings.TrimSpace(line)
		}
	}
	return ""
}

func TestNew_RefusesBadConfig(t *testing.T) {
	for name, cfg := range map[string]Config{
		"rounds":   {Rounds: -1},
		"duration": {Duration: time.Second},
		"reads":    {Reads: 100},
		"rate":     {Rate: -1},
		"mix":      {Mix: "counters=1"},
	} {
		if _, err := New(cfg); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: got %v, want an error about it", name, err)
		}
	}
}
