package catchup

import "pangea/lab/trend"

// course is how many events were missing over time, in seconds after the heal: at first
// the whole backlog, at last none.
type course []trend.Point

// took is when nothing was missing any more.
func (c course) took() float64 { return c[len(c)-1].At }

// idle is when the whole backlog was seen missing for the last time.
func (c course) idle() float64 {
	last := c[0].At
	for _, p := range c {
		if p.Value < c[0].Value {
			break
		}
		last = p.At
	}
	return last
}
