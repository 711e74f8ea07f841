package scale

import (
	"fmt"
	"strings"

	"pangea/lab/results"
	"pangea/lab/trend"
	"pangea/lab/trial"
)

func (s *Scale) record(c Curve, measured []point) *results.Record {
	r := &results.Record{
		Title: "Throughput and time to answer against " + c.title, About: s.about(),
		Tables: []results.Table{figures(c, measured)}, Charts: charts(c, measured), Figures: measured,
	}
	var failed uint64
	var differ []string
	for _, p := range measured {
		// At a rate of the setting, both are the same trials.
		sets := []trial.Set{p.Peak, p.Steady}
		if p.Peak[0] == p.Steady[0] {
			sets = sets[:1]
		}
		r.Writes += p.Filled
		for _, set := range sets {
			r.Writes += set.Writes()
			failed += set.Failed()
		}
		if p.Differed != "" {
			differ = append(differ, p.Label+": "+p.Differed)
		}
	}
	found := fmt.Sprintf("%d of %d do", len(measured)-len(differ), len(measured))
	if len(differ) > 0 {
		found = strings.Join(differ, "; ")
	}
	r.Claim(failed == 0, "every write is acknowledged", "%d of %d were not", failed, r.Writes+failed)
	r.Claim(len(differ) == 0, "all regions hold the same at the end of each point", "%s", found)
	return r
}

func (s *Scale) about() string {
	return fmt.Sprintf("Each point is a fresh stack, measured %d times by trials of %v, with wrk straight at the regions. Throughput is of a load "+
		"without a pace, unless the rate is what changes. The time to answer is that of an open loop of 100 operations/s beside a load of "+
		"%.0f writes/s, or of the rate that changes.", s.cfg.Rounds, s.cfg.Duration, s.cfg.Steady)
}

func throughput(r *trial.Result) float64 { return r.Achieved }
func writeP99(r *trial.Result) float64   { return r.Latencies(trial.WriteP99).Median }
func readP99(r *trial.Result) float64    { return r.Latencies(trial.ReadP99).Median }
func visible(r *trial.Result) float64    { return 1000 * r.Visible().Seconds() }

func figures(c Curve, measured []point) results.Table {
	t := results.Table{
		Caption: "Medians of all rounds (and their spread).",
		Header:  []string{c.axis.Label, "writes/s", "write p99 ms", "read p99 ms", "visible everywhere p50 ms", "drained in 2 s"},
	}
	for _, p := range measured {
		drained := 0
		for _, r := range p.Steady {
			if r.Drained() {
				drained++
			}
		}
		t.Add(
			fmt.Sprintf("%.0f", p.X), spread(p.Peak.Of(throughput), "%.0f"), spread(p.Steady.Of(writeP99), "%.1f"),
			spread(p.Steady.Of(readP99), "%.1f"), spread(p.Steady.Of(visible), "%.0f"), fmt.Sprintf("%d of %d", drained, len(p.Steady)),
		)
	}
	return t
}

func spread(s trend.Summary, format string) string {
	if s.Count < 2 {
		return fmt.Sprintf(format, s.Median)
	}
	return fmt.Sprintf(format+" ("+format+" to "+format+")", s.Median, s.Low, s.High)
}

func charts(c Curve, measured []point) []results.Chart {
	curve := func(name string, figure func(point) float64) results.Curve {
		curve := results.Curve{Name: name, Measurements: true}
		for _, p := range measured {
			curve.Points = append(curve.Points, results.XY{X: p.X, Y: figure(p)})
		}
		return curve
	}
	peak := func(p point) trend.Summary { return p.Peak.Of(throughput) }
	return []results.Chart{
		{
			Title: "Throughput", X: c.axis, Y: results.Axis{Label: "writes/s, all regions"},
			Curves: []results.Curve{
				curve("median", func(p point) float64 { return peak(p).Median }),
				curve("lowest", func(p point) float64 { return peak(p).Low }),
				curve("highest", func(p point) float64 { return peak(p).High }),
			},
		},
		{
			Title: "Time to answer in the client's region", X: c.axis, Y: results.Axis{Label: "ms, p99", Log: true},
			Curves: []results.Curve{
				curve("write", func(p point) float64 { return p.Steady.Of(writeP99).Median }),
				curve("read", func(p point) float64 { return p.Steady.Of(readP99).Median }),
			},
		},
	}
}
