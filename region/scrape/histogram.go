package scrape

import (
	"math"
	"slices"

	dto "github.com/prometheus/client_model/go"
)

// Histogram is the sum of histograms with the same buckets, counted since their process
// started. Its zero value is empty.
type Histogram struct {
	bounds []float64 // upper, rising; the last one is infinite
	counts []uint64  // up to each bound
	sum    float64
}

// Add sums up one more.
func (h *Histogram) Add(d *dto.Histogram) {
	buckets := d.GetBucket()
	if n := len(buckets); n == 0 || !math.IsInf(buckets[n-1].GetUpperBound(), 1) {
		infinite, all := math.Inf(1), d.GetSampleCount()
		buckets = append(slices.Clone(buckets), &dto.Bucket{UpperBound: &infinite, CumulativeCount: &all})
	}
	if h.bounds == nil {
		h.bounds, h.counts = make([]float64, len(buckets)), make([]uint64, len(buckets))
	}
	for i, b := range buckets[:min(len(buckets), len(h.bounds))] {
		h.bounds[i] = b.GetUpperBound()
		h.counts[i] += b.GetCumulativeCount()
	}
	h.sum += d.GetSampleSum()
}

// Count is how many values there are.
func (h Histogram) Count() uint64 {
	if len(h.counts) == 0 {
		return 0
	}
	return h.counts[len(h.counts)-1]
}

// Mean is exact; it is NaN of nothing.
func (h Histogram) Mean() float64 { return h.sum / float64(h.Count()) }

// Since is what was added to an earlier state. A process that started anew counts from
// zero.
func (h Histogram) Since(earlier Histogram) Histogram {
	if len(earlier.counts) != len(h.counts) || earlier.Count() > h.Count() {
		return h
	}
	diff := Histogram{bounds: h.bounds, counts: slices.Clone(h.counts), sum: h.sum - earlier.sum}
	for i, n := range earlier.counts {
		diff.counts[i] -= min(n, diff.counts[i])
	}
	return diff
}

// Quantile takes the values of a bucket as spread evenly over it, as histogram_quantile of
// Prometheus does. Beyond the last bound it is that bound; of nothing it is NaN.
func (h Histogram) Quantile(q float64) float64 {
	if h.Count() == 0 {
		return math.NaN()
	}
	rank := q * float64(h.Count())
	i := slices.IndexFunc(h.counts, func(n uint64) bool { return float64(n) >= rank })
	low, below := 0.0, uint64(0)
	if i > 0 {
		low, below = h.bounds[i-1], h.counts[i-1]
	}
	if math.IsInf(h.bounds[i], 1) {
		return low
	}
	within := (rank - float64(below)) / float64(h.counts[i]-below)
	return low + within*(h.bounds[i]-low)
}
