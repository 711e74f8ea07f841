package meter

import (
	"math"
	"slices"
	"time"

	dto "github.com/prometheus/client_model/go"
)

// histogram is one of Prometheus, counted since the process started.
type histogram struct {
	bounds []float64 // upper, in seconds, the last one infinite
	counts []uint64  // up to each bound
	sum    float64
}

func newHistogram(h *dto.Histogram) histogram {
	out := histogram{sum: h.GetSampleSum()}
	for _, b := range h.GetBucket() {
		out.bounds = append(out.bounds, b.GetUpperBound())
		out.counts = append(out.counts, b.GetCumulativeCount())
	}
	if n := len(out.bounds); n == 0 || !math.IsInf(out.bounds[n-1], 1) {
		out.bounds = append(out.bounds, math.Inf(1))
		out.counts = append(out.counts, h.GetSampleCount())
	}
	return out
}

// since is what was added to an earlier state of the same histogram.
func (h histogram) since(earlier histogram) histogram {
	if len(earlier.counts) != len(h.counts) {
		return h // there was nothing yet
	}
	diff := histogram{bounds: h.bounds, counts: slices.Clone(h.counts), sum: h.sum - earlier.sum}
	for i, n := range earlier.counts {
		diff.counts[i] -= min(n, diff.counts[i])
	}
	return diff
}

func (h histogram) spread() Spread {
	if len(h.counts) == 0 || h.counts[len(h.counts)-1] == 0 {
		return Spread{}
	}
	n := h.counts[len(h.counts)-1]
	return Spread{
		Count: n, Mean: inSeconds(h.sum / float64(n)),
		P50: inSeconds(h.quantile(0.50)), P99: inSeconds(h.quantile(0.99)),
	}
}

// quantile takes the values of a bucket as spread evenly over it.
func (h histogram) quantile(q float64) float64 {
	rank := q * float64(h.counts[len(h.counts)-1])
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

func inSeconds(s float64) time.Duration { return time.Duration(s * float64(time.Second)) }
