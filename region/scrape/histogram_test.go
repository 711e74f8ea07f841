package scrape_test

import (
	"math"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	dto "github.com/prometheus/client_model/go"

	"pangea/region/scrape"
)

// observed is what a real Prometheus histogram exports after some observations.
func observed(t *testing.T, values ...float64) (h scrape.Histogram) {
	t.Helper()
	p := prometheus.NewHistogram(prometheus.HistogramOpts{Buckets: []float64{1, 2, 4}})
	for _, v := range values {
		p.Observe(v)
	}
	var m dto.Metric
	if err := p.Write(&m); err != nil {
		t.Fatal(err)
	}
	h.Add(m.GetHistogram())
	return h
}

func TestHistogram_Quantile(t *testing.T) {
	cases := []struct {
		values  []float64
		q, want float64
	}{
		{[]float64{.5, .5}, .5, .5},         // half of the first bucket
		{[]float64{1.5, 1.5, 3, 3}, .5, 2},  // the end of the second
		{[]float64{1.5, 1.5, 3, 3}, .75, 3}, // half of the third
		{[]float64{1.5, 9, 9}, .99, 4},      // beyond the last bound
	}
	for _, c := range cases {
		if got := observed(t, c.values...).Quantile(c.q); math.Abs(got-c.want) > 1e-9 {
			t.Errorf("quantile %v of %v: got %v, want %v", c.q, c.values, got, c.want)
		}
	}
	if got := observed(t).Quantile(.5); !math.IsNaN(got) {
		t.Errorf("of nothing: got %v, want NaN", got)
	}
}

func TestHistogram_TellsWhatWasAdded(t *testing.T) {
	before, after := observed(t, .5, .5), observed(t, .5, .5, 3)
	if got := after.Since(before); got.Count() != 1 || got.Quantile(.5) != 3 || got.Mean() != 3 {
		t.Errorf("one value of 3: got %+v", got)
	}
	if got := before.Since(after); got.Count() != 2 {
		t.Errorf("after a restart: got %+v, want what was counted since it", got)
	}
	if got := after.Since(scrape.Histogram{}); got.Count() != 3 {
		t.Errorf("since the start: got %+v, want all", got)
	}
}

func TestMetrics_SumAndAdd(t *testing.T) {
	m, err := scrape.Read(strings.NewReader(`# TYPE n counter
n{kind="a"} 1
n{kind="b"} 2
# TYPE h histogram
h_bucket{kind="a",le="1"} 1
h_bucket{kind="a",le="+Inf"} 2
h_sum{kind="a"} 5
h_count{kind="a"} 2
h_bucket{kind="b",le="1"} 3
h_bucket{kind="b",le="+Inf"} 3
h_sum{kind="b"} 1
h_count{kind="b"} 3
`))
	if err != nil {
		t.Fatal(err)
	}
	if got := m.Sum("n", nil); got != 3 {
		t.Errorf("all: got %v, want 3", got)
	}
	if got := m.Sum("n", func(m *dto.Metric) bool { return scrape.Label(m, "kind") == "b" }); got != 2 {
		t.Errorf("of kind b: got %v, want 2", got)
	}
	var both scrape.Histogram
	for _, series := range m["h"].GetMetric() {
		both.Add(series.GetHistogram())
	}
	if both.Count() != 5 || both.Mean() != 1.2 {
		t.Errorf("both series: got %d values of %v on average, want 5 of 1.2", both.Count(), both.Mean())
	}
	if _, err := scrape.Read(strings.NewReader("{")); err == nil {
		t.Error("what is no metric: got no error")
	}
}
