package failback

import (
	"cmp"
	"fmt"
	"strings"

	"pangea/lab/results"
	"pangea/lab/trend"
)

// Record is what came of the absences, with the readiness guard and without.
func Record(findings []*Finding, rate float64) *results.Record {
	r := &results.Record{
		Title: "A region comes back",
		About: fmt.Sprintf("%s is killed (kill -9) under %.0f operations/s. While it is away, the others change what it holds, both at once: they delete tags and fields, add others, "+
			"overwrite profiles and raise counters. It is started under reads of all that, at its own address and by the router near it. "+
			"Stale: it answers, and shows less than was acknowledged elsewhere before it was started. Refused: it says that it is not ready (503).", victim, rate),
		Figures: findings,
	}
	back := results.Table{Header: []string{"readiness guard", "lacked entries", "first answer after s", "ready after s", "had all after s", "entries/s"}}
	left := results.Table{
		Caption: "What is left in the end, read in every region. Left out: a change was not acknowledged.",
		Header:  []string{"readiness guard", "subjects", "left out", "lost", "resurrected", "doubled", "strange", "counters of the load", "wrong", "increments acknowledged", "unanswered"},
	}
	reads := results.Table{
		Caption: "Reads while it lacked some of what there was at its start, and after. Elsewhere: the router went to another region.",
		Header:  []string{"readiness guard", "it lacked some", "answered", "stale", "refused", "elsewhere", "nobody was there"},
	}
	for _, f := range findings {
		r.Writes += f.Writes
		back.Add(f.back()...)
		f.Reads.rows(f.Readiness, &reads)
		left.Add(f.left()...)
		f.claim(r)
	}
	r.Tables, r.Charts = []results.Table{back, reads, staleByClass(findings), left}, []results.Chart{chart(findings)}
	for _, f := range findings {
		if f.Replay != nil {
			r.Tables = append(r.Tables, f.Replay.table())
		}
	}
	return r
}

func (f *Finding) back() []string {
	perSecond := float64(f.Backlog.Entries) / max(f.Backlog.Drained.Seconds(), 1e-9)
	return []string{
		results.OnOff(f.Readiness), fmt.Sprint(f.Backlog.Entries), results.Seconds(f.Reads.First), results.Seconds(f.Backlog.Ready), results.Seconds(f.Backlog.Drained), fmt.Sprintf("%.0f", perSecond),
	}
}

func (r Reads) rows(guard bool, t *results.Table) {
	add := func(lacked string, a Answers) {
		t.Add(results.OnOff(guard), lacked, fmt.Sprint(a.Served), fmt.Sprint(a.stale()), fmt.Sprint(a.Refused), fmt.Sprint(a.Elsewhere), fmt.Sprint(a.Unanswered))
	}
	add("yes", r.Before)
	add("no", r.After)
}

func (f *Finding) left() []string {
	row := []string{results.OnOff(f.Readiness), fmt.Sprint(f.Subjects), fmt.Sprint(f.Subjects - f.Changed)}
	for _, flaw := range Flaws() {
		row = append(row, fmt.Sprint(f.Flaws[flaw]))
	}
	return append(row, fmt.Sprint(f.Counters), fmt.Sprint(f.Wrong), fmt.Sprint(f.Acks), fmt.Sprint(f.Open))
}

func staleByClass(findings []*Finding) results.Table {
	t := results.Table{Caption: "Stale reads by class.", Header: []string{"readiness guard"}}
	for _, class := range classes() {
		t.Header = append(t.Header, class.String())
	}
	for _, f := range findings {
		row := []string{results.OnOff(f.Readiness)}
		for _, class := range classes() {
			row = append(row, fmt.Sprint(f.Reads.Before.Stale[class.String()]+f.Reads.After.Stale[class.String()]))
		}
		t.Add(row...)
	}
	return t
}

func (r *Replay) table() results.Table {
	t := results.Table{
		Caption: "A snapshot of " + r.Donor + ", restored into an empty database, and every log replayed from where it ends.",
		Header:  []string{"snapshot", "rows", "entries replayed", "up to", "took s"},
	}
	t.Add(r.From, fmt.Sprint(r.Rows), fmt.Sprint(r.Entries), r.To, results.Seconds(r.Took))
	return t
}

func (f *Finding) claim(r *results.Record) {
	of := r.Of("readiness guard " + results.OnOff(f.Readiness) + ": ")
	of.Claim(f.Taken > 0, "it had taken writes of the load when it was killed", "%d entries", f.Taken)
	if f.Readiness {
		of.Claim(f.Reads.Proves(true), "no read that the returned region answers is stale", "%s", f.Reads)
	} else {
		of.ClaimOfSpeed(f.Reads.Proves(false), "some that it answers are stale: it is the guard that keeps them back", "%s", f.Reads)
	}
	of.ClaimOfSpeed(f.Backlog.InTime(), fmt.Sprintf("it has what it lacked within %v", soon), "%d entries in %s s", f.Backlog.Entries, results.Seconds(f.Backlog.Drained))
	of.ClaimOfSpeed(f.Changed == f.Subjects && f.Changed > 0, "every change is acknowledged", "of %d of %d subjects", f.Changed, f.Subjects)
	of.Claim(f.flaws() == 0 && f.Changed > 0, "nothing acknowledged is lost, doubled or resurrected, in any region", "%d flaws in %d subjects%s", f.flaws(), f.Changed, f.examples())
	of.Claim(f.Wrong == 0 && f.Acks > 0, "no increment of the load is lost, and none counts twice", "%d of %d counters are wrong, %d increments unanswered", f.Wrong, f.Counters, f.Open)
	of.Claim(f.Planted, "what is lost, doubled and resurrected on purpose is found", "%t", f.Planted)
	of.Claim(f.Equal == "", "all regions hold the same in the end", "%s", cmp.Or(f.Equal, "equal digests of all classes"))
	if f.Readiness && !f.LeftOut {
		f.claimReplay(of)
	}
}

func (f *Finding) claimReplay(of results.Subject) {
	const same, detects = "so does the database that was made from a snapshot and the logs after it", "without the last write it does not: the comparison can tell"
	if f.Replay == nil {
		of.Claim(false, same, "there was no snapshot")
		of.Claim(false, detects, "there was no snapshot")
		return
	}
	of.Claim(f.Replay.Differs == "" && f.Replay.Entries > 0, same, "%s; %d rows and %d entries", cmp.Or(f.Replay.Differs, "equal digests"), f.Replay.Rows, f.Replay.Entries)
	of.Claim(f.Replay.Planted, detects, "%t", f.Replay.Planted)
}

func (f *Finding) flaws() (sum int) {
	for _, n := range f.Flaws {
		sum += n
	}
	return sum
}

func (f *Finding) examples() string {
	if len(f.Examples) == 0 {
		return ""
	}
	return ": " + strings.Join(f.Examples, ", ")
}

// chart shows the backlog while the region came back.
func chart(findings []*Finding) results.Chart {
	c := results.Chart{Title: "Entries that " + victim + " lacked", X: results.Axis{Label: "s after its start"}, Y: results.Axis{Label: "entries"}}
	for _, f := range findings {
		curve := results.Curve{Name: "readiness guard " + results.OnOff(f.Readiness)}
		for _, p := range trend.Thin(f.Backlog.Missing, 200) {
			curve.Points = append(curve.Points, results.XY{X: p.At, Y: p.Value})
		}
		c.Curves = append(c.Curves, curve)
	}
	return c
}
