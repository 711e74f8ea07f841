package peers

import (
	"fmt"
	"slices"
	"time"

	"pangea/lab/results"
	"pangea/lab/trend"
)

// Comparison is what was found.
type Comparison struct {
	Config Config        `json:"config"`
	Pangea string        `json:"pangea"` // name of that system
	Peer   string        `json:"peer"`
	Search []Measurement `json:"search"`
	Rounds []Measurement `json:"rounds"`
}

// wanted is how many times as many writes Pangea must sustain.
const wanted = 2

const about = `Upserts of one row, Zipf %g over %d keys, in all regions at once, as fast as they are answered:
Pangea by wrk straight at the regions, and a mesh of pglogical (last_update_wins) by pgbench, with the client
count that is best for each. In a round a system that does not keep up with its clients is measured again at nine tenths of its pace,
until it does, %d times at most. Both have the same Postgres with the same settings, to which the mesh adds
what logical replication needs, and the same links by toxiproxy. Each measurement starts from nothing, alone on the machine, for %v.
Flat: in the last two thirds of the load the slope of the lag is not above 0 within its 95 %% interval, and
the last write has arrived everywhere within %v of the end; one in forty that are flat is not called so, by chance. Only
what is flat counts; of a round in which the peer never is, its slowest measurement does. The lag is that of the link that is furthest behind, with the
one-way delay, and up to 100 ms of the probe's own interval, in it. A batch is a request to /batch, and a transaction of one statement to
pgbench; its p99 is that of the whole.`

// Record is the comparison for a reader.
func (c *Comparison) Record() *results.Record {
	r := &results.Record{
		Title:   "Pangea against " + c.Peer,
		About:   fmt.Sprintf(about, zipf, keys, c.Config.Tries, c.Config.Duration, drainLimit),
		Figures: c,
	}
	for _, m := range slices.Concat(c.Search, c.Rounds) {
		if m.System == c.Pangea {
			r.Writes += m.Writes
		}
	}
	for _, rows := range []int{1, c.Config.Batch} {
		r.Tables = append(r.Tables, c.table(rows))
		c.claim(r, rows)
	}
	if len(c.Search) > 0 {
		r.Tables = append(r.Tables, searched(c.Search))
	}
	return r
}

func caption(rows int) string {
	if rows == 1 {
		return "single writes"
	}
	return fmt.Sprintf("batches of %d rows", rows)
}

func (c *Comparison) table(rows int) results.Table {
	t := results.Table{
		Caption: caption(rows),
		Header:  []string{"system", "round", "clients", "writes/s", "flat", "p99 ms", "lag p50 ms", "lag slope ms/s", "drain s", "keys differ", "failed"},
	}
	for _, name := range []string{c.Pangea, c.Peer} {
		for _, m := range c.of(name, rows) {
			t.Add(m.row()...)
		}
		t.Add(name, "median", "", spread(c.rates(name, rows)))
	}
	t.Add("ratio", "", "", c.ratioText(rows))
	return t
}

func (m Measurement) row() []string {
	flat, drain := "yes", fmt.Sprintf("%.2f", m.Drain.Seconds())
	if !m.Flat() {
		flat = "NO"
	}
	if !m.Drained {
		drain = "never"
	}
	slope := "not known" // samples that resemble each other too much tell nothing
	if m.Slope.Known {
		slope = fmt.Sprintf("%.2f (%.2f to %.2f)", 1000*m.Slope.Slope, 1000*m.Slope.Low, 1000*m.Slope.High)
	}
	return []string{
		m.System, fmt.Sprint(m.Round), m.clients(), fmt.Sprintf("%.0f", m.Rate), flat,
		fmt.Sprintf("%.1f", ms(m.P99)), fmt.Sprintf("%.0f", 1000*m.Lag.Median),
		slope, drain, fmt.Sprint(m.Differing), fmt.Sprint(m.Failed),
	}
}

func searched(tried []Measurement) results.Table {
	t := results.Table{Caption: "The search for the best client count and pace", Header: []string{"system", "rows", "clients", "writes/s", "flat", "p99 ms", "drain s"}}
	for _, m := range tried {
		row := m.row()
		t.Add(m.System, fmt.Sprint(m.Rows), row[2], row[3], row[4], row[5], row[8])
	}
	return t
}

func spread(rates []float64) string {
	s := trend.Summarise(rates)
	if s.Count == 0 {
		return "none flat"
	}
	return fmt.Sprintf("%.0f (%.0f to %.0f)", s.Median, s.Low, s.High)
}

// of lists what was measured of a system in the rounds.
func (c *Comparison) of(name string, rows int) []Measurement {
	var found []Measurement
	for _, m := range c.Rounds {
		if m.System == name && m.Rows == rows {
			found = append(found, m)
		}
	}
	return found
}

// rates are those that count, one of each round: that at which the lag was flat. Of a
// round in which it never was, Pangea has none, and the peer the slowest, which is more
// than it sustains.
func (c *Comparison) rates(name string, rows int) []float64 {
	var rates []float64
	of := c.of(name, rows)
	for i, m := range of {
		last := i == len(of)-1 || of[i+1].Round != m.Round
		if m.Flat() || last && name == c.Peer {
			rates = append(rates, m.Rate)
		}
	}
	return rates
}

// Ratio is that of the medians, or 0 if there is none.
func (c *Comparison) Ratio(rows int) float64 {
	pangea, peer := trend.Summarise(c.rates(c.Pangea, rows)), trend.Summarise(c.rates(c.Peer, rows))
	if pangea.Count == 0 || peer.Count == 0 {
		return 0
	}
	return pangea.Median / peer.Median
}

func (c *Comparison) ratioText(rows int) string {
	if ratio := c.Ratio(rows); ratio > 0 {
		return fmt.Sprintf("%.2f", ratio)
	}
	return "none: the lag of Pangea was never flat"
}

// claim says what must hold of these rounds.
func (c *Comparison) claim(r *results.Record, rows int) {
	r.ClaimOfSpeed(c.Ratio(rows) >= wanted, fmt.Sprintf("%s: Pangea sustains at least %d times the writes of %s", caption(rows), wanted, c.Peer), "ratio %s", c.ratioText(rows))
	flat, differing, drain := len(c.rates(c.Pangea, rows)), 0, time.Duration(0)
	for _, m := range c.of(c.Pangea, rows) {
		differing += m.Differing
		drain = max(drain, m.Drain)
	}
	r.ClaimOfSpeed(flat == c.Config.Rounds, caption(rows)+": Pangea keeps up in every round, or at a slower pace", "in %d of %d, drained in at most %.2f s", flat, c.Config.Rounds, drain.Seconds())
	r.Claim(differing == 0, caption(rows)+": no key of Pangea differs in the end", "%d keys", differing)
}
