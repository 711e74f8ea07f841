package soak

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"pangea/lab/results"
	"pangea/lab/trial"
)

const (
	// kept is the part of the offered rate that a run must reach.
	kept = 0.98
	// growth is the part of its median by which the memory of a region may rise.
	growth = 0.05
	// warm is how long a run must be for its memory to say anything: before, caches fill.
	warm = 5 * time.Minute
	// The bounds of how late a write is visible elsewhere, in a steady state.
	lagP50, lagP99 = time.Second, 3 * time.Second
)

func (s *Soak) claim(r *results.Record, found *trial.Result) {
	r.Claim(found.Failed == 0 && found.Writes > 0, "every write is acknowledged", "%d of %d were not", found.Failed, found.Writes+found.Failed)
	if s.cfg.Rate > 0 {
		r.ClaimOfSpeed(found.Achieved >= kept*s.cfg.Rate, fmt.Sprintf("%.0f %% of %.0f writes/s are acknowledged", 100*kept, s.cfg.Rate), "%.0f/s", found.Achieved)
	}
	s.claimLag(r, found)
	s.claimMemory(r, found)
}

func (s *Soak) claimLag(r *results.Record, found *trial.Result) {
	rising := found.Rising()
	r.ClaimOfSpeed(len(rising) == 0 && len(found.Links) > 0, "the lag of no link rises", "%s", names(rising, len(found.Links)))
	slow := where(found.Links, func(l trial.Link) bool {
		return l.Visible.Count == 0 || l.Visible.P50 >= lagP50 || l.Visible.P99 >= lagP99
	}, trial.Link.Name)
	r.ClaimOfSpeed(len(slow) == 0 && len(found.Links) > 0, "writes are visible elsewhere within 1 s (p50) and 3 s (p99)", "%s", names(slow, len(found.Links)))
	drain := fmt.Sprintf("%.2f s", found.Drain.Seconds())
	if found.Drain < 0 {
		drain = "never"
	}
	r.ClaimOfSpeed(found.Drained(), "all regions have all 2 s after the load", "%s", drain)
}

func (s *Soak) claimMemory(r *results.Record, found *trial.Result) {
	regions := slices.DeleteFunc(slices.Clone(found.Processes), func(p trial.Process) bool { return !p.Region() })
	name := func(p trial.Process) string { return p.Name }
	if s.cfg.Duration >= warm {
		rising := where(regions, func(p trial.Process) bool { return p.RSS.Count == 0 || p.Line.Rise() > growth*p.RSS.Median }, name)
		r.ClaimOfSpeed(len(rising) == 0, "the memory of no region rises by more than 5 %", "%s", names(rising, len(regions)))
	}
	most := 0.0
	for _, p := range regions {
		most = max(most, p.RSS.High)
	}
	r.ClaimOfSpeed(most > 0 && most <= s.cfg.Memory, fmt.Sprintf("a region takes at most %s", megabytes(s.cfg.Memory)), "%s", megabytes(most))
}

// where names those of which something is so.
func where[T any](all []T, so func(T) bool, name func(T) string) []string {
	var found []string
	for _, one := range all {
		if so(one) {
			found = append(found, name(one))
		}
	}
	return found
}

func names(found []string, of int) string {
	if len(found) == 0 {
		return fmt.Sprintf("none of %d", of)
	}
	return strings.Join(found, ", ")
}
