package tax

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"pangea/lab/results"
)

// local bounds the p99 of a write that waits for nobody else.
const local = 15 * time.Millisecond

// Record is what was found.
func (f *Finding) Record() *results.Record {
	r := &results.Record{
		Title: "What a strongly consistent write costs, and where",
		About: "Writes from clients of each region, one after the other, on a stack without other load. A profile is committed where it is sent. " +
			"A claim of a handle is decided by its owner, answered when a peer of the owner stores it, and, if it was forwarded, when the client's own region shows it. " +
			"Tax: its p50 less that of a profile from the same place.",
		Figures: f,
		Tables:  []results.Table{f.table()},
		Charts:  []results.Chart{f.chart()},
	}
	for _, c := range f.Costs {
		r.Writes += uint64(c.Count)
		where := fmt.Sprintf("from %s: ", c.Region)
		switch {
		case c.Owner == "":
			r.ClaimOfSpeed(c.Failed == 0 && c.Count > 0 && c.P99 < local, where+"a profile is answered within 15 ms (p99)", "%s, %d failed", results.Milliseconds(c.P99), c.Failed)
		case c.Owner != c.Region:
			r.Claim(c.Failed == 0 && c.Count > 0 && c.P50 >= c.RTT, fmt.Sprintf("%sa handle of %s takes at least the %v to there and back", where, c.Owner, c.RTT),
				"%s (p50), %d failed", results.Milliseconds(c.P50), c.Failed)
		}
	}
	f.claimStretch(r)
	return r
}

// claimStretch checks the measurement itself: it has to see a link that is longer, and to
// see it nowhere else.
func (f *Finding) claimStretch(r *results.Record) {
	s := f.Stretch
	before, there := f.cost(s.Across.Kind)
	grown := s.Across.P50 - before.P50
	r.ClaimOfSpeed(there && s.Across.Count > 0 && grown > s.By*8/10, fmt.Sprintf("with the link %v longer, a claim across it takes longer by most of that", s.By), "%s more", results.Milliseconds(grown))
	r.ClaimOfSpeed(s.Profile.Count > 0 && s.Profile.P50 < local, "and a profile does not", "%s (p50)", results.Milliseconds(s.Profile.P50))
}

func (f *Finding) cost(k Kind) (Cost, bool) {
	i := slices.IndexFunc(f.Costs, func(c Cost) bool { return c.Kind == k })
	if i < 0 {
		return Cost{}, false
	}
	return f.Costs[i], true
}

func (f *Finding) table() results.Table {
	t := results.Table{Header: []string{"write", "round trip to the owner", "p50 ms", "p99 ms", "max ms", "tax ms", "failed"}}
	for _, c := range f.Costs {
		name, way, tax := "profile in "+c.Region, "–", "–"
		if c.Owner != "" {
			name, way = fmt.Sprintf("handle of %s, from %s", c.Owner, c.Region), c.RTT.String()
			if profile, there := f.cost(Kind{Region: c.Region}); there {
				tax = results.Milliseconds(c.P50 - profile.P50)
			}
		}
		t.Add(name, way, results.Milliseconds(c.P50), results.Milliseconds(c.P99), results.Milliseconds(c.Max), tax, fmt.Sprint(c.Failed))
	}
	return t
}

// chart lays the claims of each region's clients over the distance of the owner.
func (f *Finding) chart() results.Chart {
	c := results.Chart{Title: "A claim of a handle, p50", X: results.Axis{Label: "round trip to the owner, ms"}, Y: results.Axis{Label: "ms"}}
	for _, from := range f.Costs {
		if from.Owner != "" {
			continue
		}
		curve := results.Curve{Name: "from " + from.Region, Measurements: true}
		for _, cost := range f.Costs {
			if cost.Region == from.Region && cost.Owner != "" {
				curve.Points = append(curve.Points, results.XY{X: 1000 * cost.RTT.Seconds(), Y: 1000 * cost.P50.Seconds()})
			}
		}
		slices.SortFunc(curve.Points, func(a, b results.XY) int { return cmp.Compare(a.X, b.X) })
		c.Curves = append(c.Curves, curve)
	}
	return c
}
