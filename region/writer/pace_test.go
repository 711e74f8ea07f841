package writer

import (
	"testing"
	"time"
)

// A run that is full waits for local writes only, and then for half as long as it took.
func TestNextRun_SharesTheWriterInACatchUp(t *testing.T) {
	const pace = 20 * time.Millisecond
	for _, test := range []struct {
		name         string
		took         time.Duration
		full, wanted bool
		want         time.Duration // after the start
	}{
		{"small", time.Millisecond, false, false, pace},
		{"small, with local writes", time.Millisecond, false, true, pace},
		{"slow", 15 * time.Millisecond, false, false, 45 * time.Millisecond},
		{"full", 15 * time.Millisecond, true, false, 15 * time.Millisecond},
		{"full, with local writes", 16 * time.Millisecond, true, true, 24 * time.Millisecond},
		{"full and quick, with local writes", 4 * time.Millisecond, true, true, 6 * time.Millisecond},
	} {
		start := time.Unix(0, 0)
		if got := nextRun(start, start.Add(test.took), pace, test.full, test.wanted).Sub(start); got != test.want {
			t.Errorf("%s: the next run after %s, want %s", test.name, got, test.want)
		}
	}
}
