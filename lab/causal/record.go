package causal

import (
	"fmt"
	"time"

	"pangea/lab/results"
)

// Record is what the pairs showed, with the wait and without.
func Record(findings []*Finding) *results.Record {
	r := &results.Record{
		Title: "A cause and its effect, where the effect comes first",
		About: fmt.Sprintf("A is written in %s; a client in %s reads it, and then writes B; a client in %s reads B as soon as it is shown, and then A. "+
			"A takes half of %v to get there, and the way by %s half of %v twice. "+
			"Behind: from the answer to B until %s shows it: what the causal wait costs. Alone: how long B is shown without A. "+
			"The removals are of tags that %s added and %s saw and removed, and %s hears of them first: a check of what merges make of another order (I7), wait or no wait. "+
			"The switch does not reach them: an entry always waits for the adds that it takes away, since a set keeps no trace of what is removed.",
			first, second, third, far, second, near, third, first, second, third),
		Figures: findings,
	}
	pairs := results.Table{Header: []string{"causal wait", "pairs", "came through", "B without A", "behind: p50 ms", "p99 ms", "alone: p50 ms", "p99 ms", "removals", "heard of first", "resurrected"}}
	for _, f := range findings {
		r.Writes += uint64(2*f.Complete + 2*f.Removed)
		pairs.Add(results.OnOff(f.Wait), fmt.Sprint(f.Pairs), fmt.Sprint(f.Complete), fmt.Sprintf("%d (%.1f %%)", f.Inverted, 100*float64(f.Inverted)/float64(max(f.Complete, 1))),
			milliseconds(f.Behind, 50), milliseconds(f.Behind, 99), milliseconds(f.Alone, 50), milliseconds(f.Alone, 99), fmt.Sprint(f.Removed), fmt.Sprint(f.Early), fmt.Sprint(f.Resurrected))
		f.claim(r)
	}
	r.Tables, r.Charts = []results.Table{pairs, byClasses(findings)}, []results.Chart{chart(findings)}
	return r
}

func (f *Finding) claim(r *results.Record) {
	of := r.Of("causal wait " + results.OnOff(f.Wait) + ": ")
	of.ClaimOfSpeed(f.Complete == f.Pairs && f.Pairs > 0, "every pair comes through", "%d of %d", f.Complete, f.Pairs)
	inverted := fmt.Sprintf("%d of %d", f.Inverted, f.Complete)
	if f.Wait {
		of.Claim(f.Inverted == 0 && f.Complete > 0, "nobody is shown B without A", "%s", inverted)
	} else {
		of.Claim(f.Inverted > 0, "somebody is shown B without A: it is the wait that keeps the order", "%s", inverted)
	}
	of.Claim(f.Planted, "a B whose A nobody wrote is found, and a tag that is put back", "%t", f.Planted)
	of.Claim(f.Resurrected == 0 && f.Early > 0, "what was removed stays removed, in every region, also where the removal is heard of first", "%d of %d came back, %d were heard of first", f.Resurrected, f.Removed, f.Early)
	found := "equal digests of all classes"
	if f.Equal != "" {
		found = f.Equal
	}
	of.Claim(f.Equal == "", "all regions hold the same in the end", "%s", found)
}

// byClasses shows where the inversions were.
func byClasses(findings []*Finding) results.Table {
	t := results.Table{
		Caption: "B without A, by the class of A (rows) and of B. Profiles and counters are read from memory, tags and prefs from the database.",
		Header:  []string{"causal wait", "A"},
	}
	for _, b := range classes() {
		t.Header = append(t.Header, b.String())
	}
	for _, f := range findings {
		for i := 0; i < len(f.By); i += len(classes()) {
			row := []string{results.OnOff(f.Wait), f.By[i].A}
			for _, c := range f.By[i : i+len(classes())] {
				row = append(row, fmt.Sprintf("%d of %d", c.Inverted, c.Complete))
			}
			t.Add(row...)
		}
	}
	return t
}

// chart shows what the wait costs.
func chart(findings []*Finding) results.Chart {
	c := results.Chart{Title: "From the answer to B until " + third + " shows it", X: results.Axis{Label: "% of the pairs"}, Y: results.Axis{Label: "ms"}}
	for _, f := range findings {
		curve := results.Curve{Name: "causal wait " + results.OnOff(f.Wait)}
		for percent, d := range f.Behind {
			curve.Points = append(curve.Points, results.XY{X: float64(percent), Y: float64(d) / float64(time.Millisecond)})
		}
		c.Curves = append(c.Curves, curve)
	}
	return c
}

func milliseconds(percentiles []time.Duration, p int) string {
	if percentiles == nil {
		return "-"
	}
	return fmt.Sprintf("%.0f", float64(percentiles[p])/float64(time.Millisecond))
}
