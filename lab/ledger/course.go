package ledger

import (
	"fmt"
	"time"

	"pangea/lab/ramp"
	"pangea/lab/results"
	"pangea/lab/trial"
)

// steady is a long run whose lag does not rise.
func steady() figure {
	const long = 30 * time.Minute
	return from("soak", func(f trial.Result) found {
		flat := len(f.Links) - len(f.Rising())
		return found{
			fmt.Sprintf("%v at %.0f writes/s: the lag of %d of %d links does not rise ([curves](results/soak.svg))", f.Took.Round(time.Second), f.Achieved, flat, len(f.Links)),
			f.Took >= long && flat == len(f.Links) && flat > 0,
		}
	})
}

// prompt is how late writes were visible in that run.
func prompt() figure {
	return from("soak", func(f trial.Result) found {
		var p50, p99 time.Duration
		known := len(f.Links) > 0
		for _, l := range f.Links {
			known = known && l.Visible.Count > 0
			p50, p99 = max(p50, l.Visible.P50), max(p99, l.Visible.P99)
		}
		return found{fmt.Sprintf("the slowest link: %s (p50), %s (p99)", ms(p50), ms(p99)), known && p50 < time.Second && p99 < 3*time.Second}
	})
}

// knee is the rate at which the first link's lag begins to grow.
func knee() figure {
	return from("lag", func(rounds [][]*trial.Result) found {
		rate, grew := ramp.Knee(rounds)
		if !grew {
			return found{fmt.Sprintf("no lag grows up to %.0f writes/s, which is all that regions take", rate), rate > 0}
		}
		return found{fmt.Sprintf("up to %.0f writes/s no lag grows", rate), rate > 0}
	})
}

func ms(d time.Duration) string { return results.Milliseconds(d) + " ms" }
