package loss

import (
	"fmt"
	"time"

	"pangea/gen/workload"
	"pangea/lab/results"
	"pangea/lab/trend"
)

// recent is what may be gone of the writes that only a lost region knew: those that it had
// no second yet to pass on.
const recent = time.Second

// Record is what all rounds showed, of one fault after the other.
func Record(findings []*Finding) *results.Record {
	r := &results.Record{
		Title: "A region is lost, and comes back",
		About: "At random moments a random region is killed (its disk stays) or destroyed (database, log and all), under load by the routers and 100 writes/s to each region, half of them with X-Ack: local and half with X-Ack: peer. " +
			"Some seconds later it is started again; when it serves, the load ends, the digests of all regions are compared, and every write that was acknowledged is read back from every region. " +
			"Serves and whole: from its start until it serves, and until all regions hold the same. " +
			"Gone: what it had acknowledged before the loss and no region has; the age is that of the oldest at the loss.",
		Figures: findings,
	}
	rounds := results.Table{
		Caption: "The rounds. To keep: acknowledgements, of this round and of a sample of former ones, that must outlive the loss.",
		Header:  []string{"fault", "round", "region", "at s", "away s", "serves after s", "whole after s", "gone", "age ms", "to keep", "missing", "entries missing", "no answer"},
	}
	classes := results.Table{
		Caption: "What the lost region itself had acknowledged before the loss, in all rounds.",
		Header:  []string{"fault", "class", "X-Ack", "acknowledged", "gone", "age ms"},
	}
	spread := results.Table{Caption: "The same rounds, as distributions.", Header: []string{"fault", "rounds", "serves p50 s", "most s", "whole p50 s", "most s", "gone p50", "most", "age p50 ms", "most"}}
	for _, f := range findings {
		for _, round := range f.Rounds {
			r.Writes += round.Load.OK + uint64(round.Owed.total())
			rounds.Add(append([]string{string(f.Fault)}, round.row()...)...)
		}
		for _, k := range kinds() {
			a := f.Of(k)
			classes.Add(string(f.Fault), k.Class.String(), k.Ack, fmt.Sprint(a.Given), fmt.Sprint(a.Lost), fmt.Sprint(a.Span.Milliseconds()))
		}
		spread.Add(f.spread()...)
		f.claim(r)
	}
	r.Tables, r.Charts = []results.Table{classes, spread, rounds}, charts(findings)
	return r
}

// kinds lists all of which each write is told apart.
func kinds() (all []Kind) {
	for _, class := range workload.Classes() {
		if class != workload.Handle {
			all = append(all, Kind{class, Local})
		}
		all = append(all, Kind{class, Peer})
	}
	return all
}

func (r *Round) row() []string {
	lost := r.lost()
	return []string{
		fmt.Sprint(r.Number), r.Region, results.Seconds(r.At), results.Seconds(r.Away), results.Seconds(r.Ready), results.Seconds(r.Whole),
		fmt.Sprint(lost.Lost), fmt.Sprint(lost.Span.Milliseconds()),
		fmt.Sprint(r.Owed.total() + r.Former), fmt.Sprint(len(r.MissingAcks)), fmt.Sprint(len(r.MissingEntries)), fmt.Sprint(r.Unanswered),
	}
}

func (f *Finding) spread() []string {
	row := []string{string(f.Fault), fmt.Sprint(len(f.Rounds))}
	for _, of := range []struct {
		value  func(*Round) float64
		format string
	}{
		{ready, "%.1f"},
		{whole, "%.1f"},
		{func(r *Round) float64 { return float64(r.lost().Lost) }, "%.0f"},
		{age, "%.0f"},
	} {
		s := trend.Summarise(f.each(of.value))
		row = append(row, fmt.Sprintf(of.format, s.Median), fmt.Sprintf(of.format, s.High))
	}
	return row
}

func ready(r *Round) float64 { return r.Ready.Seconds() }
func whole(r *Round) float64 { return r.Whole.Seconds() }
func age(r *Round) float64   { return 1000 * r.lost().Span.Seconds() }

func (f *Finding) each(of func(*Round) float64) (values []float64) {
	for _, r := range f.Rounds {
		values = append(values, of(r))
	}
	return values
}

func (f *Finding) claim(r *results.Record) {
	of := r.Of(string(f.Fault) + ": ")
	keep, acks, entries, unchecked, equal, unfinished := 0, 0, 0, 0, 0, ""
	var gone Acks
	for _, round := range f.Rounds {
		keep += round.Owed.total() + round.Former
		acks, entries, unchecked = acks+len(round.MissingAcks), entries+len(round.MissingEntries), unchecked+len(round.Unchecked)
		gone.join(round.lost())
		if round.Verified {
			equal++
		}
		if round.Error != "" {
			unfinished = ": " + round.Error
		}
	}
	n := len(f.Rounds)
	of.Claim(acks == 0 && keep > 0, "no write is missing that was acknowledged to stay", "%d of %d", acks, keep)
	of.Claim(entries == 0 && n > 0, "no entry is missing that a survivor had stored", "%d in %d rounds", entries, n)
	of.Claim(equal == n && n > 0, "all regions hold the same after each round", "%d of %d%s", equal, n, unfinished)
	of.Claim(unchecked == 0 && n > 0, "each round had some of every class to miss, from every region", "%d kinds were not there", unchecked)
	of.Claim(f.Planted, "what there is not is missed: a write of each class, an increment, an entry, and the content of one", "%t", f.Planted)
	if f.Fault == Destroyed {
		of.ClaimOfSpeed(gone.Span < recent && gone.Given > 0, fmt.Sprintf("what only the lost region knew, and is gone, was younger than %v", recent), "%s", gone)
	}
}

// charts show the rounds one beside the other.
func charts(findings []*Finding) []results.Chart {
	round := results.Axis{Label: "round"}
	back := results.Chart{Title: "From the start of the lost region until it serves, and until all hold the same", X: round, Y: results.Axis{Label: "s"}}
	gone := results.Chart{Title: "Age of the oldest acknowledged write that is gone", X: round, Y: results.Axis{Label: "ms"}}
	for _, f := range findings {
		back.Curves = append(back.Curves, f.curve(" serves", ready), f.curve(" whole", whole))
		gone.Curves = append(gone.Curves, f.curve("", age))
	}
	return []results.Chart{back, gone}
}

func (f *Finding) curve(what string, of func(*Round) float64) results.Curve {
	c := results.Curve{Name: string(f.Fault) + what, Measurements: true}
	for i, value := range f.each(of) {
		c.Points = append(c.Points, results.XY{X: float64(i + 1), Y: value})
	}
	return c
}
