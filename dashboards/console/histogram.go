package console

import (
	"math"
	"slices"

	dto "github.com/prometheus/client_model/go"
)

// histogram is the sum of Prometheus histograms that have the same bounds.
type histogram struct {
	bounds []float64 // upper, in seconds, rising; the last is +Inf
	counts []uint64  // cumulative
}

// add sums up one more series.
func (h *histogram) add(d *dto.Histogram) {
	buckets := d.GetBucket()
	if len(buckets) == 0 || !math.IsInf(buckets[len(buckets)-1].GetUpperBound(), 1) {
		inf := math.Inf(1)
		buckets = append(slices.Clone(buckets), &dto.Bucket{UpperBound: &inf, CumulativeCount: d.SampleCount})
	}
	if h.bounds == nil {
		h.bounds, h.counts = make([]float64, len(buckets)), make([]uint64, len(buckets))
	}
	for i, b := range buckets[:min(len(buckets), len(h.bounds))] {
		h.bounds[i] = b.GetUpperBound()
		h.counts[i] += b.GetCumulativeCount()
	}
}

func (h histogram) total() uint64 {
	if len(h.counts) == 0 {
		return 0
	}
	return h.counts[len(h.counts)-1]
}

// since is what was observed after before. A process that started anew counts from zero.
func (h histogram) since(before histogram) histogram {
	if before.total() > h.total() || len(before.counts) != len(h.counts) {
		return h
	}
	d := histogram{bounds: h.bounds, counts: slices.Clone(h.counts)}
	for i, n := range before.counts {
		d.counts[i] -= min(n, d.counts[i])
	}
	return d
}

// quantile is interpolated within its bucket, as histogram_quantile of Prometheus does;
// beyond the last bound it is that bound, and of nothing it is nil.
func (h histogram) quantile(q float64) *float64 {
	if h.total() == 0 {
		return nil
	}
	rank := q * float64(h.total())
	i := slices.IndexFunc(h.counts, func(n uint64) bool { return float64(n) >= rank })
	if last := len(h.bounds) - 1; i == last {
		return &h.bounds[max(0, last-1)]
	}
	var from, below float64
	if i > 0 {
		from, below = h.bounds[i-1], float64(h.counts[i-1])
	}
	value := from + (h.bounds[i]-from)*(rank-below)/(float64(h.counts[i])-below)
	return &value
}
