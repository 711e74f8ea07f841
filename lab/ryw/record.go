package ryw

import (
	"fmt"
	"slices"

	"pangea/lab/results"
)

// Record is what was found.
func (f *Finding) Record() *results.Record {
	r := &results.Record{
		Title: "Reading one's own writes, in one region and across two",
		About: "Each client writes a profile, a counter, a tag and a field in turn, on keys of its own, and reads each at once: " +
			"one for every ordered pair of regions. Stale: the read does not show the write that was answered just before. " +
			"Back: a counter shows less than the same client had read. Refused: the region says that it has not caught up (503), instead of answering.",
		Figures: f,
	}
	t := results.Table{Header: []string{"client", "reads", "stale", "back", "refused", "failed"}}
	for _, c := range f.Counts {
		r.Writes += uint64(c.Reads + c.Refused)
		t.Add(string(c.Mode), fmt.Sprint(c.Reads), fmt.Sprintf("%d (%.1f %%)", c.stale(), share(c.stale(), c.Reads)), fmt.Sprint(c.Back), fmt.Sprint(c.Refused), fmt.Sprint(c.Failed))
		f.claim(r, c)
	}
	r.Tables, r.Charts = []results.Table{t}, []results.Chart{f.chart()}
	return r
}

func (f *Finding) claim(r *results.Record, c Count) {
	found := func(n int) string { return fmt.Sprintf("%d of %d reads, %d failed", n, c.Reads, c.Failed) }
	sound := c.Missed() == 0 && c.Reads > 0 && c.Failed == 0
	switch c.Mode {
	case Pinned:
		r.Claim(sound && c.Refused == 0, "a client that is pinned to its region reads its own write, always", "stale: %s", found(c.Missed()))
	case Hopping:
		r.ClaimOfSpeed(!slices.Contains(c.Stale[:], 0), "one that hops does not, in any class: the reads can tell", "stale: %v of %d", c.Stale, c.Reads)
	case Vector:
		r.Claim(sound, "with the vector of the write it does, always", "stale: %s", found(c.Missed()))
		r.ClaimOfSpeed(c.Reads > 0 && c.Refused*100 <= c.Reads, "and is refused for it at most once in a hundred times", "%d of %d", c.Refused, c.Reads+c.Refused)
	}
}

func share(n, of int) float64 { return 100 * float64(n) / float64(max(of, 1)) }

// chart shows the stale reads of each class by the mode of the client.
func (f *Finding) chart() results.Chart {
	c := results.Chart{Title: "Reads that did not show the client's own write", X: results.Axis{Label: "1 profile, 2 counter, 3 tags, 4 prefs"}, Y: results.Axis{Label: "reads"}}
	for _, n := range f.Counts {
		curve := results.Curve{Name: string(n.Mode), Measurements: true}
		for class, stale := range n.Stale {
			curve.Points = append(curve.Points, results.XY{X: float64(class + 1), Y: float64(stale)})
		}
		c.Curves = append(c.Curves, curve)
	}
	return c
}
