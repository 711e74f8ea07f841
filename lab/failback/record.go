package failback

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"pangea/lab/results"
	"pangea/lab/trend"
)

// soon is how long a region may take to have what it lacked.
const soon = 10 * time.Second

// Record is what came of the absences, with the readiness guard and without.
func Record(findings []*Finding, rate float64) *results.Record {
	r := &results.Record{
		Title: "A region comes back",
		About: fmt.Sprintf("%s is killed (kill -9) under %.0f operations/s. While it is away, the others change what it holds, both at once: they delete tags and fields, add others, "+
			"overwrite profiles and raise counters. It is started under reads of all that, at its own address and by the router near it. "+
			"Stale: it answers, and shows less than was acknowledged elsewhere before it was started. Refused: it says that it is not ready (503), or is not there yet.", victim, rate),
		Figures: findings,
	}
	back := results.Table{Header: []string{"readiness guard", "lacked entries", "first answer after s", "ready after s", "had all after s", "entries/s", "reads that it answered", "stale", "refused", "answered elsewhere"}}
	left := results.Table{
		Caption: "What is left in the end, read in every region. Left out: a change was not acknowledged.",
		Header:  []string{"readiness guard", "subjects", "left out", "lost", "resurrected", "doubled", "strange", "counters of the load", "wrong", "increments acknowledged", "unanswered"},
	}
	for _, f := range findings {
		r.Writes += f.Writes
		back.Add(f.back()...)
		left.Add(f.left()...)
		f.claim(r)
	}
	r.Tables, r.Charts = []results.Table{back, staleByClass(findings), left}, []results.Chart{chart(findings)}
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
		onOff(f.Readiness), fmt.Sprint(f.Backlog.Entries), seconds(f.Reads.First), seconds(f.Backlog.Ready), seconds(f.Backlog.Drained), fmt.Sprintf("%.0f", perSecond),
		fmt.Sprint(f.Reads.Served), fmt.Sprint(f.Reads.stale()), fmt.Sprint(f.Reads.Refused), fmt.Sprint(f.Reads.Elsewhere),
	}
}

func (f *Finding) left() []string {
	row := []string{onOff(f.Readiness), fmt.Sprint(f.Subjects), fmt.Sprint(f.Subjects - f.Changed)}
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
		row := []string{onOff(f.Readiness)}
		for _, class := range classes() {
			row = append(row, fmt.Sprint(f.Reads.Stale[class.String()]))
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
	t.Add(r.From, fmt.Sprint(r.Rows), fmt.Sprint(r.Entries), r.To, seconds(r.Took))
	return t
}

func (f *Finding) claim(r *results.Record) {
	of := r.Of("readiness guard " + onOff(f.Readiness) + ": ")
	stale := fmt.Sprintf("%d of %d reads that it answered", f.Reads.stale(), f.Reads.Served)
	if f.Readiness {
		of.Claim(f.Reads.stale() == 0 && f.Reads.Served > 0, "no read that the returned region answers is stale", "%s", stale)
	} else {
		of.ClaimOfSpeed(f.Reads.stale() > 0, "some that it answers are stale: it is the guard that keeps them back", "%s", stale)
	}
	of.ClaimOfSpeed(f.Backlog.Drained <= soon && f.Backlog.Entries > 0, fmt.Sprintf("it has what it lacked within %v", soon), "%d entries in %s s", f.Backlog.Entries, seconds(f.Backlog.Drained))
	of.ClaimOfSpeed(f.Changed == f.Subjects && f.Changed > 0, "every change is acknowledged", "of %d of %d subjects", f.Changed, f.Subjects)
	of.Claim(f.flaws() == 0 && f.Changed > 0, "nothing acknowledged is lost, doubled or resurrected, in any region", "%d flaws in %d subjects%s", f.flaws(), f.Changed, f.examples())
	of.Claim(f.Wrong == 0 && f.Acks > 0, "no increment of the load is lost, and none counts twice", "%d of %d counters are wrong, %d increments unanswered", f.Wrong, f.Counters, f.Open)
	of.Claim(f.Planted, "what is lost, doubled and resurrected on purpose is found", "%t", f.Planted)
	of.Claim(f.Equal == "", "all regions hold the same in the end", "%s", cmp.Or(f.Equal, "equal digests of all classes"))
	if f.Readiness {
		f.claimReplay(of)
	}
}

func (f *Finding) claimReplay(of results.Subject) {
	const same, detects = "so does the database that was made from a snapshot and the logs after it", "that database differs once the regions are written to"
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
		curve := results.Curve{Name: "readiness guard " + onOff(f.Readiness)}
		for _, p := range trend.Thin(f.Backlog.Missing, 200) {
			curve.Points = append(curve.Points, results.XY{X: p.At, Y: p.Value})
		}
		c.Curves = append(c.Curves, curve)
	}
	return c
}

func seconds(d time.Duration) string { return fmt.Sprintf("%.2f", d.Seconds()) }

func onOff(on bool) string {
	if on {
		return "on"
	}
	return "off"
}
