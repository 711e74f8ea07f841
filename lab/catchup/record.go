package catchup

import (
	"fmt"
	"math"

	"pangea/lab/results"
	"pangea/lab/trend"
)

const (
	// least is how many events a second a link must bring, and aim how many it should.
	least, aim = 30_000, 100_000
	// enough is how large a backlog must be for its speed to be claimed, 10 s of the least:
	// in that of fewer events, the time until the link is up weighs too much.
	enough = 10 * least
	// kept is the part of the rate that must be acknowledged.
	kept = 0.98
)

func (c *CatchUp) record(rounds []*Round, same error) *results.Record {
	r := &results.Record{
		Title: fmt.Sprintf("Catching up over the link from %s to %s", c.cfg.From, c.cfg.To), About: c.about(),
		Tables: []results.Table{table(rounds)}, Charts: []results.Chart{c.chart(rounds)}, Figures: rounds,
	}
	for _, one := range rounds {
		r.Writes += one.Load.Writes
	}
	c.claim(r, rounds)
	found := "equal digests of all classes"
	if same != nil {
		found = same.Error()
	}
	r.Claim(same == nil, "all regions hold the same in the end", "%s", found)
	return r
}

func (c *CatchUp) claim(r *results.Record, rounds []*Round) {
	failed, slowest := uint64(0), math.Inf(1)
	for _, one := range rounds {
		failed += one.Load.Failed()
		slowest = min(slowest, one.Load.WritesPerSecond())
	}
	r.Claim(failed == 0 && r.Writes > 0, "every write is acknowledged", "%d of %d were not", failed, r.Writes+failed)
	r.ClaimOfSpeed(slowest >= kept*c.cfg.Rate, fmt.Sprintf("%.0f %% of %.0f writes/s are acknowledged in every round", 100*kept, c.cfg.Rate), "%.0f/s at worst", slowest)
	if c.cfg.Rate*c.cfg.Duration.Seconds() >= enough {
		speed := of(rounds, (*Round).speed)
		r.ClaimOfSpeed(speed.Median >= least, fmt.Sprintf("%s applies at least %d events/s from the heal on, in the median", c.cfg.To, least), "%s", spread(speed, "%.0f"))
	}
}

func (c *CatchUp) about() string {
	return fmt.Sprintf("A fresh stack without the relay, which would carry the log of %[1]s to %[2]s around the cut. In each round the link by which "+
		"%[2]s reads it is cut, and %[1]s alone is written to: %.0[3]f writes/s for %[4]v, by wrk. When its log is at rest and all others have it, the link is "+
		"healed, and nobody writes. Each 100 ms it is asked how many events the database of %[2]s lacks. The first figure counts from the heal on; the second "+
		"leaves out the time until anything came, in which the link is connected anew. The aim is %[5]d events/s.",
		c.cfg.From, c.cfg.To, c.cfg.Rate, c.cfg.Duration, aim)
}

func table(rounds []*Round) results.Table {
	t := results.Table{
		Caption: "Each round, and their median (and its spread).",
		Header:  []string{"round", "writes/s", "backlog events", "entries", "nothing came for s", "all there after s", "events/s from the heal", "events/s once they came"},
	}
	columns := []struct {
		of     func(*Round) float64
		format string
	}{
		{func(r *Round) float64 { return r.Load.WritesPerSecond() }, "%.0f"},
		{func(r *Round) float64 { return float64(r.Events) }, "%.0f"},
		{func(r *Round) float64 { return float64(r.Entries) }, "%.0f"},
		{func(r *Round) float64 { return r.Missing.idle() }, "%.2f"},
		{func(r *Round) float64 { return r.Missing.took() }, "%.2f"},
		{(*Round).speed, "%.0f"},
		{(*Round).flow, "%.0f"},
	}
	for i, r := range rounds {
		cells := []string{fmt.Sprint(i + 1)}
		for _, column := range columns {
			cells = append(cells, fmt.Sprintf(column.format, column.of(r)))
		}
		t.Add(cells...)
	}
	medians := []string{"median"}
	for _, column := range columns {
		medians = append(medians, spread(of(rounds, column.of), column.format))
	}
	t.Add(medians...)
	return t
}

// of is a figure of all rounds.
func of(rounds []*Round, figure func(*Round) float64) trend.Summary {
	var values []float64
	for _, r := range rounds {
		values = append(values, figure(r))
	}
	return trend.Summarise(values)
}

func spread(s trend.Summary, format string) string {
	if s.Count < 2 {
		return fmt.Sprintf(format, s.Median)
	}
	return fmt.Sprintf(format+" ("+format+" to "+format+")", s.Median, s.Low, s.High)
}

// shown is how many points a curve keeps.
const shown = 240

func (c *CatchUp) chart(rounds []*Round) results.Chart {
	chart := results.Chart{
		Title: fmt.Sprintf("Events of %s that %s lacks", c.cfg.From, c.cfg.To),
		X:     results.Axis{Label: "seconds after the heal"}, Y: results.Axis{Label: "events"},
	}
	for i, r := range rounds {
		curve := results.Curve{Name: fmt.Sprintf("round %d", i+1)}
		for _, p := range trend.Thin(r.Missing, shown) {
			curve.Points = append(curve.Points, results.XY{X: p.At, Y: p.Value})
		}
		chart.Curves = append(chart.Curves, curve)
	}
	return chart
}
