package lag

import (
	"cmp"
	"fmt"
	"io"
	"math"
	"slices"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"
)

// Report is how the lag of a run developed.
type Report struct {
	Links []Link `json:"links"`
}

// Link is the lag of one region behind one log.
type Link struct {
	Origin  string `json:"origin"`
	Region  string `json:"region"`
	Samples int    `json:"samples"`
	First   Mean   `json:"first_third"`
	Last    Mean   `json:"last_third"`
	Most    Mean   `json:"most"` // the maximum of each
	Rising  bool   `json:"rising"`
}

// Mean is an average over several samples.
type Mean struct {
	Entries float64 `json:"entries"`
	Writes  float64 `json:"writes"`
	Seconds float64 `json:"seconds"`
}

// risingSeconds is how far the last third may lie above the first; below, it is
// what a busy machine makes of a lag that stays.
const risingSeconds = 0.25

// Report sums up the samples. It is called once Run has returned.
func (s *Sampler) Report() *Report {
	r := &Report{}
	for l, samples := range s.samples {
		if len(samples) < 3 {
			continue // no thirds
		}
		third := len(samples) / 3
		first, last := mean(samples[:third]), mean(samples[len(samples)-third:])
		r.Links = append(r.Links, Link{
			Origin: l.origin, Region: l.region, Samples: len(samples),
			First: first, Last: last, Most: most(samples),
			Rising: last.Seconds-first.Seconds > risingSeconds,
		})
	}
	slices.SortFunc(r.Links, func(a, b Link) int {
		return cmp.Or(cmp.Compare(a.Origin, b.Origin), cmp.Compare(a.Region, b.Region))
	})
	return r
}

func mean(samples []behind) Mean {
	var m Mean
	n := float64(len(samples))
	for _, s := range samples {
		m.Entries += float64(s.Entries) / n
		m.Writes += float64(s.Writes) / n
		m.Seconds += s.Seconds / n
	}
	return m
}

func most(samples []behind) Mean {
	var m Mean
	for _, s := range samples {
		m.Entries = math.Max(m.Entries, float64(s.Entries))
		m.Writes = math.Max(m.Writes, float64(s.Writes))
		m.Seconds = math.Max(m.Seconds, s.Seconds)
	}
	return m
}

// Print writes the report for a person, or nothing if there was nothing to see.
func (r *Report) Print(out io.Writer) {
	if len(r.Links) == 0 {
		return
	}
	t := table.NewWriter()
	t.SetStyle(table.StyleLight)
	t.Style().Format.Header = text.FormatDefault
	t.AppendHeader(table.Row{"lag", "samples", "first third", "last third", "most", "verdict"})
	for _, l := range r.Links {
		verdict := "flat"
		if l.Rising {
			verdict = "RISING"
		}
		t.AppendRow(table.Row{l.Origin + " → " + l.Region, l.Samples, l.First, l.Last, l.Most, verdict})
	}
	fmt.Fprintln(out, t.Render())
}

// String is the lag as a person wants it: in seconds, and how much that is.
func (m Mean) String() string {
	return fmt.Sprintf("%.3f s, %.0f writes, %.0f entries", m.Seconds, m.Writes, m.Entries)
}
