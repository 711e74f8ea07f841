package meter

import (
	"time"

	"pangea/region/scrape"
)

// spread sums up the values of a histogram, which are seconds.
func spread(h scrape.Histogram) Spread {
	if h.Count() == 0 {
		return Spread{}
	}
	return Spread{
		Count: h.Count(), Mean: inSeconds(h.Mean()),
		P50: inSeconds(h.Quantile(0.50)), P99: inSeconds(h.Quantile(0.99)),
	}
}

func inSeconds(s float64) time.Duration { return time.Duration(s * float64(time.Second)) }
