package split

import (
	"fmt"
	"time"

	"pangea/gen/workload"
	"pangea/lab/results"
)

// soon is how long the regions may take to have all after the heal.
const soon = 3 * time.Second

// Record is what the cuts led to, of a world in which logs are relayed after silence.
func Record(findings []*Finding, silence time.Duration) *results.Record {
	r := &results.Record{
		Title: "Split, and together again",
		About: "us and eu are cut off from each other while both take pairs of writes to the same keys, and ap is in reach of both. " +
			"Without the relay neither hears of the other before the heal; with it, ap passes their logs on. " +
			"Behind: what each lacked of the other's log at the heal. Converged: from the heal until every region had all that any had.",
		Figures: findings,
	}
	cuts := results.Table{Header: []string{"relay", "cut", "us lacks of eu", "eu lacks of us", "which is about", "converged after s"}}
	classes := results.Table{
		Caption: "What became of the pairs. Booked: how many writes the regions' ledgers call lost to a concurrent one.",
		Header:  []string{"relay", "class", "pairs", "both acknowledged", "lost one", "booked", "no answer", "differ"},
	}
	for _, f := range findings {
		cuts.Add(results.OnOff(f.Relay), f.Cut.String(), fmt.Sprint(f.Behind[a+" of "+b]), fmt.Sprint(f.Behind[b+" of "+a]), fmt.Sprintf("%.1f and %.1f s", f.Late[0].Seconds(), f.Late[1].Seconds()), results.Seconds(f.Converged))
		for i, n := range f.Reports {
			r.Writes += uint64(2*n.Pairs - n.Unanswered)
			classes.Add(results.OnOff(f.Relay), n.Config.Class.String(), fmt.Sprint(n.Pairs), fmt.Sprint(n.Acknowledged), fmt.Sprint(n.Lost),
				fmt.Sprint(f.Booked[i].Lost()), fmt.Sprint(n.Unanswered), fmt.Sprint(len(n.Wrong)))
		}
		r.Charts = append(r.Charts, f.chart())
		f.claim(r, silence)
	}
	r.Tables = []results.Table{cuts, classes}
	return r
}

func (f *Finding) claim(r *results.Record, silence time.Duration) {
	of := r.Of("relay " + results.OnOff(f.Relay) + ": ")
	pairs, acknowledged := 0, 0
	for i, n := range f.Reports {
		pairs, acknowledged = pairs+n.Pairs, acknowledged+n.Acknowledged
		if n.Config.Class == workload.Profile {
			booked := f.Booked[i].Lost() + f.Booked[i].Superseded
			of.Claim(len(n.Wrong) == 0 && n.Pairs > 0 && booked == int64(n.Lost), "every profile holds one of its two writes, and the other is booked",
				"%d of %d differ, %d lost one, %d booked", len(n.Wrong), n.Pairs, n.Lost, booked)
		} else {
			of.Claim(n.Err() == nil, fmt.Sprintf("%s: both writes of every pair are there, once", n.Config.Class), "%d of %d differ, %d lost one", len(n.Wrong), n.Pairs, n.Lost)
		}
	}
	of.Claim(acknowledged == pairs && pairs > 0, "both sides take every write", "%d of %d pairs were acknowledged", acknowledged, pairs)
	if f.Relay {
		of.ClaimOfSpeed(f.Cut > 0 && max(f.Late[0], f.Late[1]) <= silence+soon, fmt.Sprintf("neither side is behind by more than %v", silence+soon), "%.1f and %.1f s", f.Late[0].Seconds(), f.Late[1].Seconds())
	} else {
		of.ClaimOfSpeed(f.Cut > 0 && min(f.Late[0], f.Late[1]) >= f.Cut*9/10, "neither side hears of the other", "they are %.1f and %.1f of %.1f s behind", f.Late[0].Seconds(), f.Late[1].Seconds(), f.Cut.Seconds())
	}
	of.ClaimOfSpeed(f.Converged > 0 && f.Converged <= soon, "all regions have all within 3 s of the heal", "%.2f s", f.Converged.Seconds())
	of.Claim(f.Planted, "a loss that was planted in each class is found", "%t", f.Planted)
	found := "equal digests of all classes"
	if f.Equal != "" {
		found = f.Equal
	}
	of.Claim(f.Equal == "", "all regions hold the same in the end", "%s", found)
}

// chart is how the sides drifted apart and came together again.
func (f *Finding) chart() results.Chart {
	c := results.Chart{
		Title: fmt.Sprintf("What each side lacks of the other's log, relay %s", results.OnOff(f.Relay)),
		X:     results.Axis{Label: "seconds since the cut"}, Y: results.Axis{Label: "entries"},
	}
	most := uint64(0)
	for _, side := range []string{a + " of " + b, b + " of " + a} {
		curve := results.Curve{Name: side, Points: []results.XY{{}}}
		for _, m := range f.Course {
			curve.Points = append(curve.Points, results.XY{X: m.At, Y: float64(m.Behind[side])})
			most = max(most, m.Behind[side])
		}
		c.Curves = append(c.Curves, curve)
	}
	heal := f.Cut.Seconds()
	c.Curves = append(c.Curves, results.Curve{Name: "the heal", Points: []results.XY{{X: heal}, {X: heal, Y: float64(most)}}})
	return c
}
