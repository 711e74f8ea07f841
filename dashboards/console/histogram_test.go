package console

import (
	"math"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	dto "github.com/prometheus/client_model/go"
)

// observed is a real Prometheus histogram after some observations.
func observed(t *testing.T, values ...float64) (h histogram) {
	t.Helper()
	p := prometheus.NewHistogram(prometheus.HistogramOpts{Buckets: []float64{1, 2, 4}})
	for _, v := range values {
		p.Observe(v)
	}
	var m dto.Metric
	if err := p.Write(&m); err != nil {
		t.Fatal(err)
	}
	h.add(m.GetHistogram())
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
		got := observed(t, c.values...).quantile(c.q)
		if got == nil || math.Abs(*got-c.want) > 1e-9 {
			t.Errorf("quantile %v of %v: got %v, want %v", c.q, c.values, got, c.want)
		}
	}
	if got := observed(t).quantile(.5); got != nil {
		t.Errorf("of nothing: got %v, want nothing", *got)
	}
}

func TestHistogram_Since(t *testing.T) {
	before, after := observed(t, .5, .5), observed(t, .5, .5, 3)
	if got := after.since(before); got.total() != 1 || *got.quantile(.5) != 3 {
		t.Errorf("one observation of 3: got %+v", got)
	}
	if got := before.since(after); got.total() != 2 {
		t.Errorf("after a restart: got %+v, want what was counted since it", got)
	}
}
