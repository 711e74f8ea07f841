package audit

import (
	"fmt"
	"sort"
)

// sum is of the steps of writes to a counter, up and down apart.
type sum struct{ up, down int64 }

func (s sum) plus(by int64) sum {
	return sum{s.up + max(by, 0), s.down + max(-by, 0)}
}

// judgeCounter: every acknowledged write that the vector claims counts once, any other that
// had been sent may.
func (c *cell) judgeCounter(v view) *fault {
	var must sum
	for origin, log := range c.logs {
		if n := reached(log, v.claim[origin]); n > 0 {
			must.up += log[n-1].upTo.up
			must.down += log[n-1].upTo.down
		}
	}
	sent := c.sums[sort.Search(len(c.writes), func(i int) bool { return c.writes[i].Start >= v.until })]
	low := must.up - max(sent.down, must.down)
	high := max(sent.up, must.up) - must.down
	switch {
	case v.count < low:
		return &fault{text: fmt.Sprintf("shows %d, %d less than it must: an increment is lost, or a decrement counted twice", v.count, low-v.count)}
	case v.count > high:
		return &fault{text: fmt.Sprintf("shows %d, %d more than it may: an increment counted twice, or nobody made it", v.count, v.count-high)}
	}
	return nil
}
