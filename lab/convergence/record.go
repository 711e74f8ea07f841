package convergence

import (
	"cmp"
	"fmt"
	"strings"

	"pangea/gen/conflict"
	"pangea/gen/measure"
	"pangea/gen/workload"
	"pangea/lab/results"
)

// sample is how many pairs are shown one by one.
const sample = 10

// Record is what the classes showed.
func Record(f *Finding) *results.Record {
	r := &results.Record{
		Title: "What every class keeps of conflicting writes",
		About: "The same pairs of writes to one key, from two regions at once, each pair on a key of its own: " +
			"two values of a profile, two steps of a counter, two tags, two fields of prefs. " +
			"Lost: pairs of which an acknowledged write is gone when all regions agree.",
		Figures: f,
		Tables:  []results.Table{f.classes(), f.pairs()},
		Charts:  []results.Chart{f.chart()},
	}
	for i, n := range f.Reports {
		r.Writes += uint64(2*n.Pairs - n.Unanswered)
		class := Classes()[i]
		r.Claim(len(n.Wrong) == 0 && n.Answered(), fmt.Sprintf("%s: every region shows the same of every pair, and nothing twice", class),
			"%d of %d keys do not", len(n.Wrong), n.Pairs)
		if class == workload.Profile {
			lost := f.Booked[i].Lost()
			r.ClaimOfSpeed(lost*100 >= int64(n.Acknowledged)*95, "profile: nearly every pair was a conflict, and lost one write", "%d of %d, %d writes without an answer", lost, n.Acknowledged, n.Unanswered)
		} else {
			r.Claim(n.Lost == 0, fmt.Sprintf("%s: no write is lost", class), "%d of %d pairs lost one, %d writes without an answer", n.Lost, n.Pairs, n.Unanswered)
		}
		r.Claim(f.Planted[i], fmt.Sprintf("%s: a loss that was planted is found", class), "%t", f.Planted[i])
	}
	r.Claim(f.Equal == "", "all regions hold the same in the end", "%s", f.digests())
	return r
}

func (f *Finding) digests() string {
	if f.Equal == "" {
		return "equal digests of all classes"
	}
	return f.Equal
}

func (f *Finding) classes() results.Table {
	t := results.Table{Header: []string{"class", "pairs", "both acknowledged", "lost", "no answer", "differ"}}
	for i, n := range f.Reports {
		t.Add(Classes()[i].String(), fmt.Sprint(n.Pairs), fmt.Sprint(n.Acknowledged), fmt.Sprint(n.Lost), fmt.Sprint(n.Unanswered), fmt.Sprint(len(n.Wrong)))
	}
	return t
}

// pairs lays what a profile kept, and what it lost, beside what the others kept.
func (f *Finding) pairs() results.Table {
	t := results.Table{
		Caption: fmt.Sprintf("The first %d pairs: who wrote what, what is left in every region, and what the profile, the last writer of which wins, lost of it.", sample),
		Header:  []string{"key", "first", "second", "profile lost", "profile", "counter", "tags", "prefs"},
	}
	verdicts := f.Reports[0].Verdicts
	for i := range verdicts[:min(sample, len(verdicts))] {
		v := &verdicts[i]
		row := []string{v.Pair.Key}
		for _, side := range v.Pair.Sides {
			row = append(row, fmt.Sprintf("%s, +%d", side.Token, side.By))
		}
		row = append(row, missing(v))
		for _, n := range f.Reports {
			if len(n.Verdicts) > i && len(n.Verdicts[i].Values) > 0 {
				row = append(row, n.Verdicts[i].Values[0])
			}
		}
		t.Add(row...)
	}
	return t
}

// missing are the writes of a pair that were acknowledged and are gone.
func missing(v *conflict.Verdict) string {
	var gone []string
	for side, s := range v.Pair.Sides {
		if v.Outcome[side] == measure.OK && !v.Survived[side] {
			gone = append(gone, s.Token)
		}
	}
	return cmp.Or(strings.Join(gone, ", "), "nothing")
}

// steps is how many points a curve has.
const steps = 100

// chart counts, over the same pairs, those that lost a write in each class.
func (f *Finding) chart() results.Chart {
	c := results.Chart{Title: "Pairs that lost a write, of the same pairs", X: results.Axis{Label: "pairs"}, Y: results.Axis{Label: "lost one"}}
	for i, n := range f.Reports {
		curve := results.Curve{Name: Classes()[i].String(), Points: []results.XY{{}}}
		lost := 0
		for k := range n.Verdicts {
			if n.Verdicts[k].Lost() {
				lost++
			}
			if (k+1)%max(1, len(n.Verdicts)/steps) == 0 {
				curve.Points = append(curve.Points, results.XY{X: float64(k + 1), Y: float64(lost)})
			}
		}
		c.Curves = append(c.Curves, curve)
	}
	return c
}
