package failover

import (
	"fmt"
	"slices"
	"strings"
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
		Caption: "Operations of all rounds.",
		Header:  []string{"policy", "answered well", "refused", "503, no effect", "no answer, may stand"},
	}
	kept := results.Table{
		Caption: "What the history of each round and the state of the regions after it decide, all rounds together. Unanswered: of what was checked. A client sends no vector along: what it is promised of its own writes and reads is of each region that answered it.",
		Header:  []string{"policy", "property", "promise", "checked", "unanswered", "undecided", "violated"},
	}
	chart := results.Chart{Title: "Clients near the killed region: time without an answer", X: results.Axis{Label: "kill"}, Y: results.Axis{Label: "s"}}
	for _, f := range findings {
		times.Add(f.times()...)
		counts.Add(f.counts()...)
		for _, p := range f.Audit.Properties {
			kept.Add(f.Policy, p.Name, p.Promise, fmt.Sprintf("%d %s", p.Checked, p.Unit), fmt.Sprint(p.Unanswered), fmt.Sprint(len(p.Undecided)), fmt.Sprint(p.Violated))
		}
		chart.Curves = append(chart.Curves, results.Curve{Name: f.Policy, Points: points(f.Rounds), Measurements: true})
		for _, round := range f.Rounds {
			r.Writes += round.Writes
		}
		f.claim(r)
	}
	r.Tables, r.Charts = []results.Table{times, counts, kept}, []results.Chart{chart}
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
	for _, n := range []uint64{ok, refused, noEffect, open} {
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
	c := f.Counters()
	of.Claim(c.Violated == 0 && c.Checked > c.Unanswered, "no acknowledged increment is lost, and none counts twice", "%d counters wrong after %d writes, %d of them unanswered", c.Violated, c.Checked, c.Unanswered)
	violated, open := f.judged()
	told := fmt.Sprintf("%d violations of %d properties in %d operations", violated, len(f.Audit.Properties), f.Audit.Operations)
	if f.Histories != "" {
		told += "; the operations that prove them are among the figures, and all of them in " + f.Histories
	}
	if len(open) > 0 {
		told += ", and nothing was decided of: " + strings.Join(open, ", ")
	}
	of.Claim(violated == 0 && len(open) == 0 && len(f.Audit.Properties) > 0, "nothing contradicts what clients were told", "%s", told)
	l := f.Lasting
	of.Claim(l.Wrong == 0 && l.Acknowledged > 0, "after all kills the counters of every round, and those that each of them increments, are still right", "%d of %d counters wrong after %d writes, %d of them unanswered", l.Wrong, l.Counters, l.Acknowledged+l.Unanswered, l.Unanswered)
	planted, found := fmt.Sprint(f.Planted), "equal digests of all classes"
	if f.Equal != "" {
		planted, found = "not tried", f.Equal
	}
	of.Claim(f.Planted, "an increment that was planted in what clients were told is missed", "%s", planted)
	of.Claim(f.Equal == "", "all regions hold the same in the end", "%s", found)
}

// judged is how many violations there are, and the properties that are open: nothing was
// there to check, or some of it could not be decided.
func (f *Finding) judged() (violated int, open []string) {
	for _, p := range f.Audit.Properties {
		violated += p.Violated
		if p.Checked == 0 || len(p.Undecided) > 0 {
			open = append(open, p.Name)
		}
	}
	return violated, open
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
