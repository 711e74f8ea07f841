package regiontest

import (
	"strconv"
	"strings"
	"testing"
)

// Metric is the value of one series of a region's /metrics, spelled as there:
// pangea_ready, or pangea_lag_entries{origin="eu"}. A series that is not there is 0.
func (w *World) Metric(t testing.TB, name, series string) float64 {
	t.Helper()
	for line := range strings.Lines(w.OK(t, name, "GET", "/metrics", "").Body) {
		text, ok := strings.CutPrefix(line, series+" ")
		if !ok {
			continue
		}
		value, err := strconv.ParseFloat(strings.TrimSpace(text), 64)
		if err != nil {
			t.Fatalf("metric %s of %s: %v", series, name, err)
		}
		return value
	}
	return 0
}
