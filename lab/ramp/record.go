package ramp

import (
	"fmt"
	"slices"
	"strings"

	"pangea/lab/results"
	"pangea/lab/trend"
	"pangea/lab/trial"
)

func (r *Ramp) record(rounds []round, same error) *results.Record {
	levels, links := byRate(rounds), linksOf(rounds)
	record := &results.Record{
		Title: "Replication lag against the rate of writes",
		About: fmt.Sprintf("Regions under a load that rises in steps of %v, %d times from the lowest to what the regions answer "+
			"without a pace, by wrk straight at the regions. Each step is judged by its last two thirds, and starts when all regions have all.",
			r.cfg.Step, r.cfg.Rounds),
		Tables:  []results.Table{knees(rounds, links), steps(levels, links)},
		Charts:  charts(levels, links),
		Figures: rounds,
	}
	grewAtOnce, failed, stuck := map[string]bool{}, uint64(0), 0
	for _, climbed := range rounds {
		set := trial.Set(climbed)
		record.Writes += set.Writes()
		failed += set.Failed()
		for _, link := range links {
			if climbed.grew(climbed[0], link) {
				grewAtOnce[link] = true
			}
		}
		if climbed[len(climbed)-1].Drain < 0 {
			stuck++
		}
	}
	record.ClaimOfSpeed(len(grewAtOnce) == 0, "no lag grows at the lowest rate", "%d of %d links", len(grewAtOnce), len(links))
	record.ClaimOfSpeed(stuck == 0, "whatever is missing after a step gets there", "%d of %d rounds ended with less", stuck, len(rounds))
	record.Claim(failed == 0, "every write is acknowledged", "%d of %d were not", failed, record.Writes+failed)
	found := "equal digests of all classes"
	if same != nil {
		found = same.Error()
	}
	record.Claim(same == nil, "all regions hold the same in the end", "%s", found)
	return record
}

// level is the steps of all rounds at one rate.
type level struct {
	rate float64
	set  trial.Set
}

// byRate is in the order of the steps: the one without a pace is the last.
func byRate(rounds []round) []level {
	var levels []level
	for _, climbed := range rounds {
		for _, step := range climbed {
			i := slices.IndexFunc(levels, func(l level) bool { return l.rate == step.Offered })
			if i < 0 {
				i = len(levels)
				levels = append(levels, level{rate: step.Offered})
			}
			levels[i].set = append(levels[i].set, step)
		}
	}
	slices.SortStableFunc(levels, func(a, b level) int {
		switch {
		case a.rate == b.rate:
			return 0
		case a.rate == unpaced || b.rate != unpaced && b.rate < a.rate:
			return 1
		}
		return -1
	})
	return levels
}

func linksOf(rounds []round) []string {
	var links []string
	for _, l := range rounds[0][0].Links {
		links = append(links, l.Name())
	}
	return links
}

func knees(rounds []round, links []string) results.Table {
	t := results.Table{
		Caption: "The knee of each link: the highest rate, in writes/s on all regions, before the first step at which its lag grew.",
		Header:  []string{"link", "median", "each round"},
	}
	for _, link := range links {
		var rates []float64
		var each []string
		for _, climbed := range rounds {
			rate, grew := climbed.knee(link)
			rates = append(rates, rate)
			if grew {
				each = append(each, fmt.Sprintf("%.0f", rate))
			} else {
				each = append(each, fmt.Sprintf("none up to %.0f", rate))
			}
		}
		t.Add(link, fmt.Sprintf("%.0f", trend.Summarise(rates).Median), strings.Join(each, ", "))
	}
	return t
}

func steps(levels []level, links []string) results.Table {
	t := results.Table{
		Caption: "The steps: of all rounds the median (and the spread). Of each link: how late it shows a write, p50 in ms.",
		Header:  append([]string{"offered", "achieved", "write p99 ms", "read p99 ms", "drained after s"}, links...),
	}
	for _, l := range levels {
		cells := []string{
			offered(l.rate),
			spread(l.set.Of(achieved), "%.0f"),
			spread(l.set.Of(writeP99), "%.1f"),
			spread(l.set.Of(readP99), "%.1f"),
			spread(l.set.Of(drain), "%.2f"),
		}
		for _, link := range links {
			cells = append(cells, spread(l.set.Of(middleOf(link)), "%.0f"))
		}
		t.Add(cells...)
	}
	return t
}

func spread(s trend.Summary, format string) string {
	switch s.Count {
	case 0:
		return "unknown"
	case 1:
		return fmt.Sprintf(format, s.Median)
	}
	return fmt.Sprintf(format+" ("+format+" to "+format+")", s.Median, s.Low, s.High)
}
