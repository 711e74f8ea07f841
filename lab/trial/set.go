package trial

import (
	"math"

	"pangea/lab/trend"
)

// Set is trials of the same kind, of which a figure is the median and its spread.
type Set []*Result

// Of is a figure of all of them, but those of which it is no number: it could not be had.
func (s Set) Of(figure func(*Result) float64) trend.Summary {
	var values []float64
	for _, r := range s {
		if value := figure(r); !math.IsNaN(value) {
			values = append(values, value)
		}
	}
	return trend.Summarise(values)
}

// Writes is how many were acknowledged in all.
func (s Set) Writes() (n uint64) {
	for _, r := range s {
		n += r.Writes
	}
	return n
}

// Failed is how many were not.
func (s Set) Failed() (n uint64) {
	for _, r := range s {
		n += r.Failed
	}
	return n
}
