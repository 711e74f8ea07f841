package lww

import (
	"fmt"

	"pangea/lab/results"
)

// Record is what all scenes showed.
func Record(findings []*Finding) *results.Record {
	r := &results.Record{
		Title: "What last-writer-wins loses",
		About: "Pairs of writes to one profile, from us and eu, each on a key of its own, and at the same moments in every scene. " +
			"At once: both are sent together. One after the other: the second 25 ms after the first, which was answered before, so that everyone knows which is newer; " +
			"neither region has heard of the other's write. By who has seen the first: the second is made by a client whose region shows the first one. " +
			"Lost: writes that are gone without having been overwritten by who had seen them, as the regions' ledgers book them, and by which reason; what is left is read from every region. Older won: pairs whose newer write is gone.",
		Figures: findings,
	}
	t := results.Table{Header: []string{"scene", "pairs", "lost", "the older won", "lost as concurrent", "by clock skew", "no answer", "differ"}}
	for _, f := range findings {
		r.Writes += uint64(2*f.Report.Pairs - f.Report.Unanswered)
		t.Add(f.Scene.Name, fmt.Sprint(f.Report.Pairs), fmt.Sprint(f.Booked.Lost()), fmt.Sprint(f.Report.OlderWon),
			fmt.Sprint(f.Booked.Concurrent), fmt.Sprint(f.Booked.ClockSkew), fmt.Sprint(f.Report.Unanswered), fmt.Sprint(len(f.Report.Wrong)))
		f.claim(r)
	}
	r.Tables, r.Charts = []results.Table{t}, []results.Chart{chart(findings)}
	return r
}

func (f *Finding) claim(r *results.Record) {
	of, n := r.Of(f.Scene.Name+": "), f.Report
	of.Claim(len(n.Wrong) == 0 && f.Equal == "" && n.Answered(), "every key holds one value, the same everywhere",
		"%d of %d keys do not, %d pairs acknowledged; %s", len(n.Wrong), n.Pairs, n.Acknowledged, f.digests())
	gone := f.Booked.Superseded + f.Booked.Lost()
	of.Claim(n.Pairs > 0 && apart(gone, int64(n.Lost)) <= int64(n.Unanswered), "each write that is gone is booked once", "%d booked, %d gone", gone, n.Lost)
	of.Claim(f.Planted, "a loss that was planted is found", "%t", f.Planted)
	f.claimOrder(of)
}

// claimOrder is about which of the two writes is left.
func (f *Finding) claimOrder(of results.Subject) {
	n := f.Report
	if !f.Scene.Seen {
		of.ClaimOfSpeed(n.Acknowledged > 0 && f.Booked.Lost()*100 >= int64(n.Acknowledged)*95, "nearly every pair was a conflict, and lost one write", "%d of %d", f.Booked.Lost(), n.Acknowledged)
	}
	switch {
	case f.Scene.Seen && f.Scene.Mode == "hlc":
		of.Claim(n.OlderWon == 0 && f.Booked.Lost() == 0 && n.Ordered > 0, "who has seen a write beats it", "%d of %d lost to it", n.OlderWon, n.Ordered)
	case f.Scene.Skew != 0:
		of.ClaimOfSpeed(n.OlderWon > 0, "some older writes beat newer ones", "%d of %d", n.OlderWon, n.Ordered)
	case f.Scene.Gap > 0:
		of.Claim(n.OlderWon == 0 && n.Ordered > 0, "no older write beats a newer one", "%d of %d", n.OlderWon, n.Ordered)
	}
}

func apart(a, b int64) int64 { return max(a-b, b-a) }

func (f *Finding) digests() string {
	if f.Equal == "" {
		return "digests equal"
	}
	return f.Equal
}

// chart shows the scenes by their number in the table.
func chart(findings []*Finding) results.Chart {
	lost, older := results.Curve{Name: "lost", Measurements: true}, results.Curve{Name: "the older won", Measurements: true}
	for i, f := range findings {
		lost.Points = append(lost.Points, results.XY{X: float64(i + 1), Y: float64(f.Booked.Lost())})
		older.Points = append(older.Points, results.XY{X: float64(i + 1), Y: float64(f.Report.OlderWon)})
	}
	return results.Chart{Title: "Pairs that lost a write, by scene", X: results.Axis{Label: "scene"}, Y: results.Axis{Label: "pairs"}, Curves: []results.Curve{lost, older}}
}
