package meter

import (
	"cmp"
	"slices"
	"sync"
	"time"
)

// way is that of one region's log to another region.
type way struct{ origin, region string }

// trip is one probe: how long it took, or that nobody waited for its end.
type trip struct {
	at   time.Time // it began
	took time.Duration
	lost bool
}

// trips are the probes of one kind, by way. They are safe for concurrent use.
type trips struct {
	mu  sync.Mutex
	all map[way][]trip
}

func (t *trips) add(w way, one trip) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.all == nil {
		t.all = map[way][]trip{}
	}
	t.all[w] = append(t.all[w], one)
}

// spread is how long those took that began between two moments.
func (t *trips) spread(w way, from, to time.Time) Spread {
	t.mu.Lock()
	defer t.mu.Unlock()
	var s Spread
	var took []time.Duration
	for _, one := range t.all[w] {
		switch {
		case one.at.Before(from) || one.at.After(to):
		case one.lost:
			s.Lost++
		default:
			took = append(took, one.took)
			s.Mean += one.took
		}
	}
	if len(took) == 0 {
		return s
	}
	slices.Sort(took)
	s.Count, s.Mean = uint64(len(took)), s.Mean/time.Duration(len(took))
	s.P50, s.P99, s.Max = quantile(took, 0.50), quantile(took, 0.99), took[len(took)-1]
	return s
}

// quantile is of sorted values, by nearest rank.
func quantile[T cmp.Ordered](sorted []T, q float64) T {
	return sorted[min(int(q*float64(len(sorted))), len(sorted)-1)]
}
