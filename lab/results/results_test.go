package results

import (
	"encoding/xml"
	"errors"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"pangea/gen"
)

func record(name string, writes uint64) *Record {
	r := &Record{
		Name: name, Title: "The title of " + name, About: "What was done.", Command: "lab " + name + " -seed 7", Seed: 7,
		Started: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC), Elapsed: 90 * time.Second,
		Machine: gen.Machine{Cores: 2, Platform: "linux/amd64", Go: "go1.26", Commit: "0123456789abcdef+"},
		Network: Network{RTT: map[string]time.Duration{"us-eu": 80 * time.Millisecond}, Jitter: 10 * time.Millisecond},
		Writes:  writes,
		Tables:  []Table{{Caption: "Steps", Header: []string{"rate", "lag"}, Rows: [][]string{{"1000", "41 | ms"}}}},
		Charts: []Chart{
			{Title: "lag", X: Axis{Label: "s"}, Y: Axis{Label: "ms"}, Curves: []Curve{{Name: "us → eu", Points: []XY{{0, 40}, {1, 41}}}}},
			{Title: "p99", X: Axis{Label: "rate", Log: true}, Y: Axis{Label: "ms", Log: true}, Curves: []Curve{
				{Name: "writes", Points: []XY{{0, 0}, {10, 5}, {100, 50}}, Measurements: true}, {Name: "nothing"},
			}},
		},
	}
	r.Claim(true, "the lag is flat", "%d of %d links", 6, 6)
	r.Of("relay off: ").ClaimOfSpeed(true, "it converges within 3 s", "%.1f s", 1.5)
	return r
}

func TestRecord_WritesWhatReadReads(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new")
	want := record("soak", 12)
	if err := want.Write(dir); err != nil {
		t.Fatal(err)
	}
	got, err := Read(filepath.Join(dir, "soak.json"))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	page := content(t, dir, "soak.md")
	for _, want := range []string{
		"# The title of soak", "| the lag is flat | 6 of 6 links | held |", "| relay off: it converges within 3 s | 1.5 s | held |", "![The title of soak](soak.svg)",
		`| 1000 | 41 \| ms |`, "lab soak -seed 7", "us-eu 80ms", "commit 0123456789abcdef+", "12 writes",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("%q is not in\n%s", want, page)
		}
	}
	svg := content(t, dir, "soak.svg")
	wellFormed(t, svg)
	if !strings.Contains(svg, "us → eu") || strings.Contains(svg, "NaN") {
		t.Errorf("the curves are not in %d bytes of SVG", len(svg))
	}
}

func TestTable_HasFiguresOnTheRight(t *testing.T) {
	table := Table{Header: []string{"link", "rate", "flat", "slope", "found", "nothing"}}
	table.Add("us → eu", "4000", "yes", "+0.3 (-1.0 to 1.6)", "0 of 12", "")
	table.Add("us → ap", "", "NO", "unknown", "3 of 12", "")
	table.Add("eu → us", "0.2 s", "yes", "-12 (-14 to -10)", "none of 12", "")
	table.Add("eu → ap", "1.5", "yes", "7", "0 of 12", "")
	got := strings.Split(table.Markdown(), "\n")[1]
	if want := "| --- | ---:| --- | ---:| --- | --- |"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

func TestChart_LeavesOutWhatHasNoPlace(t *testing.T) {
	curve := Curve{Points: []XY{{0, 1}, {1, 0}, {1, 1}, {2, math.NaN()}, {2, math.Inf(1)}}}
	for _, c := range []struct {
		chart Chart
		want  int
	}{{Chart{}, 3}, {Chart{X: Axis{Log: true}}, 2}, {Chart{Y: Axis{Log: true}}, 2}} {
		if got := len(c.chart.drawable(curve)); got != c.want {
			t.Errorf("%+v: %d points, want %d", c.chart, got, c.want)
		}
	}
}

// Whatever lies on a log axis, there are labels beside it.
func TestAxis_LogTicks(t *testing.T) {
	for _, c := range []struct {
		low, high float64
		want      string
	}{
		{1, 100, "1 2 5 10 20 50 100"},
		{300, 800, "200 500 1000"},
		{0.03, 0.04, "0.02 0.05"},
		{7, 7, "5 10"},
	} {
		var labels []string
		for _, tick := range logTicks(roundDown(c.low), roundUp(c.high)) {
			labels = append(labels, tick.Label)
		}
		if got := strings.Join(labels, " "); got != c.want {
			t.Errorf("%v to %v: got %s, want %s", c.low, c.high, got, c.want)
		}
	}
}

func TestIndex_AddsUpAllRecords(t *testing.T) {
	dir := t.TempDir()
	broken := record("lag", 2_000_000)
	broken.Started = broken.Started.Add(-time.Hour)
	broken.Claim(false, "there is a knee", "none")
	for _, r := range []*Record{record("soak", 1), broken, record("soak", 48_000_001)} {
		if err := r.Write(dir); err != nil {
			t.Fatal(err)
		}
	}
	index := content(t, dir, "README.md")
	for _, want := range []string{"In all 50,000,001 writes", "in 2 recorded runs", "1 of 3 BROKEN", "0123456789+", "[The title of lag](lag.md)"} {
		if !strings.Contains(index, want) {
			t.Errorf("%q is not in\n%s", want, index)
		}
	}
	if strings.Index(index, "lag.md") > strings.Index(index, "soak.md") {
		t.Error("the records are not in order of time")
	}
}

func TestRecord_RefusesWhatCannotBeRepeated(t *testing.T) {
	for want, spoil := range map[string]func(*Record){
		"no commit":     func(r *Record) { r.Machine.Commit = "" },
		"no command":    func(r *Record) { r.Command = "" },
		"no latency":    func(r *Record) { r.Network.RTT = nil },
		"no time":       func(r *Record) { r.Started = time.Time{} },
		"small letters": func(r *Record) { r.Name = "../soak" },
	} {
		dir, r := t.TempDir(), record("soak", 1)
		spoil(r)
		if err := r.Write(dir); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
		if files, _ := os.ReadDir(dir); len(files) > 0 {
			t.Errorf("%q left %v", want, files)
		}
	}
}

func TestIndex_NamesAFileThatIsNoRecord(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "other.json"), []byte(`{"rounds":[]}`), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := WriteIndex(dir); err == nil || !strings.Contains(err.Error(), "other.json is no record") {
		t.Errorf("got %v", err)
	}
}

func TestRecord_ErrNamesTheFirstBrokenClaim(t *testing.T) {
	r := record("soak", 1)
	if err := r.Err(); err != nil {
		t.Errorf("got %v, want none", err)
	}
	r.Claim(false, "the memory is flat", "us rises")
	if err := r.Err(); err == nil || !strings.Contains(err.Error(), "the memory is flat: us rises") {
		t.Errorf("got %v", err)
	}
	var out strings.Builder
	r.Print(&out)
	if !strings.Contains(out.String(), "BROKEN: the memory is flat (us rises)") || !strings.Contains(out.String(), "held: the lag is flat") {
		t.Errorf("got %s", out.String())
	}
}

func content(t *testing.T, dir, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func wellFormed(t *testing.T, text string) {
	t.Helper()
	for d := xml.NewDecoder(strings.NewReader(text)); ; {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			return
		} else if err != nil {
			t.Fatal(err)
		}
	}
}
