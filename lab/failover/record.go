package failover

import (
	"fmt"
	"slices"
	"time"

	"pangea/lab/results"
)

// The bounds of the time without an answer.
const half, most = 2 * time.Second, 5 * time.Second

// Record is what all kills showed, of routers with one policy after the other.
func Record(findings []*Finding, rate float64) *results.Record {
	r := &results.Record{
		Title: "A region is killed under load",
		About: fmt.Sprintf("kill -9 of %s at random moments, under %.0f operations/s by the routers of all places, which choose the nearest region by the topology (static) or by what their checks take (measured). "+
			"Without an answer: the longest time of the round in which no client near it had a good answer, whether that was the kill's or the return's. "+
			"Return: from its start until it serves; it has caught up then.", victim, rate),
		Figures: findings,
	}
	times := results.Table{Header: []string{"policy", "kills", "without an answer: least s", "p50 s", "most s", "return: least s", "p50 s", "most s"}}
	counts := results.Table{
		Caption: "Operations of all rounds, and the counters behind them. Wrong: lost or doubled.",
		Header:  []string{"policy", "answered well", "refused", "503, no effect", "no answer, may stand", "counter writes acknowledged", "unanswered", "counters compared", "wrong"},
	}
	chart := results.Chart{Title: "Clients near the killed region: time without an answer", X: results.Axis{Label: "kill"}, Y: results.Axis{Label: "s"}}
	for _, f := range findings {
		times.Add(f.times()...)
		counts.Add(f.counts()...)
		chart.Curves = append(chart.Curves, results.Curve{Name: f.Policy, Points: points(f.Rounds), Measurements: true})
		for _, round := range f.Rounds {
			r.Writes += round.Writes
		}
		f.claim(r)
	}
	r.Tables, r.Charts = []results.Table{times, counts}, []results.Chart{chart}
	return r
}

func (f *Finding) times() []string {
	row := []string{f.Policy, fmt.Sprint(len(f.Rounds))}
	row = append(row, spread(f.sorted(gap))...)
	return append(row, spread(f.sorted(func(r Round) time.Duration { return r.Return }))...)
}

func (f *Finding) counts() []string {
	var ok, refused, noEffect, open uint64
	for _, x := range f.Rounds {
		ok, refused, noEffect, open = ok+x.OK, refused+x.Refused, noEffect+x.NoEffect, open+x.Unanswered
	}
	row := []string{f.Policy}
	for _, n := range []uint64{ok, refused, noEffect, open, f.Acks, f.Open, uint64(f.Counters), uint64(f.Wrong)} {
		row = append(row, fmt.Sprint(n))
	}
	return row
}

func gap(r Round) time.Duration { return r.Gap }

func (f *Finding) claim(r *results.Record) {
	of := r.Of(f.Policy + " routers: ")
	gaps, n := f.sorted(gap), len(f.Rounds)
	usual, longest := at(gaps, n/2), at(gaps, n-1)
	of.ClaimOfSpeed(n > 0 && usual < half, "its clients are served again within 2 s, half of the times", "%s s", results.Seconds(usual))
	of.ClaimOfSpeed(n > 0 && longest <= most, "and within 5 s, always", "%s s", results.Seconds(longest))
	of.Claim(f.Wrong == 0 && f.Acks > 0, "no acknowledged increment is lost, and none counts twice", "%d of %d counters are wrong, %d writes unanswered", f.Wrong, f.Counters, f.Open)
	of.Claim(f.Planted, "an increment that was planted in what clients were told is missed", "%t", f.Planted)
	found := "equal digests of all classes"
	if f.Equal != "" {
		found = f.Equal
	}
	of.Claim(f.Equal == "", "all regions hold the same in the end", "%s", found)
}

func (f *Finding) sorted(of func(Round) time.Duration) []time.Duration {
	var all []time.Duration
	for _, r := range f.Rounds {
		all = append(all, of(r))
	}
	slices.Sort(all)
	return all
}

// spread is the least, the middle and the most.
func spread(sorted []time.Duration) (cells []string) {
	n := len(sorted)
	for _, i := range []int{0, n / 2, n - 1} {
		cells = append(cells, results.Seconds(at(sorted, i)))
	}
	return cells
}

// at is one of them, 0 of nothing.
func at(sorted []time.Duration, i int) time.Duration {
	if len(sorted) == 0 {
		return 0
	}
	return sorted[i]
}

func points(rounds []Round) []results.XY {
	var all []results.XY
	for _, r := range rounds {
		all = append(all, results.XY{X: float64(r.Number), Y: r.Gap.Seconds()})
	}
	return all
}
