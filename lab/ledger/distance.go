package ledger

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"pangea/lab/tax"
)

// local is what a write takes that waits for nobody else, in each region.
func local() figure {
	const allowed = 15 * time.Millisecond
	return from("latency", func(f tax.Finding) found {
		var texts []string
		below := true
		for _, c := range f.Costs {
			if c.Owner == "" {
				texts = append(texts, fmt.Sprintf("%s in %s", ms(c.P99), c.Region))
				below = below && c.Count > 0 && c.Failed == 0 && c.P99 < allowed
			}
		}
		return found{strings.Join(texts, ", "), below}
	})
}

// strong is what a claim takes that another region decides.
func strong() figure {
	return from("latency", func(f tax.Finding) found {
		var texts []string
		far := true
		for _, c := range f.Costs {
			if c.Owner != "" && c.Owner != c.Region {
				texts = append(texts, fmt.Sprintf("%s from %s to %s (%v apart)", ms(c.P99), c.Region, c.Owner, c.RTT))
				far = far && c.Count > 0 && c.Failed == 0 && c.P50 >= c.RTT
			}
		}
		return found{strings.Join(texts, ", "), far}
	})
}

// win lays the one beside the other, from the fastest to the slowest. Local writes are
// timed with profiles: those of all classes but handles take the same way.
func win() figure {
	return from("latency", func(f tax.Finding) found {
		var near, far []time.Duration
		for _, c := range f.Costs {
			switch {
			case c.Owner == "":
				near = append(near, c.P99)
			case c.Owner != c.Region:
				far = append(far, c.P99)
			}
		}
		if len(near) == 0 || len(far) == 0 {
			return found{}
		}
		return found{
			fmt.Sprintf("%s to %s (of profiles), against %s to %s", ms(slices.Min(near)), ms(slices.Max(near)), ms(slices.Min(far)), ms(slices.Max(far))),
			slices.Max(near) < slices.Min(far),
		}
	})
}
