package measure

import (
	"maps"
	"time"
)

// place is where a share of the clients lives: behind one router.
type place struct {
	name     string
	start    time.Time
	servedBy map[string]uint64 // answers by region
	lastOK   time.Time
	gap      Gap
}

// Gap is a stretch of time without a good answer.
type Gap struct {
	Length time.Duration `json:"length_ns"`
	At     time.Duration `json:"at_ns"` // when it began, from the start of the run
}

func newPlace(name string, start time.Time) *place {
	return &place{name: name, start: start, lastOK: start, servedBy: map[string]uint64{}}
}

func (p *place) add(outcome Outcome, servedBy string, done time.Time) {
	if servedBy != "" {
		p.servedBy[servedBy]++
	}
	if outcome != OK || done.Before(p.lastOK) {
		return
	}
	p.gap = p.gapUntil(done)
	p.lastOK = done
}

// gapUntil is the longest gap if the current one ended at t.
func (p *place) gapUntil(t time.Time) Gap {
	if length := t.Sub(p.lastOK); length > p.gap.Length {
		return Gap{Length: length, At: p.lastOK.Sub(p.start)}
	}
	return p.gap
}

func (p *place) report(end time.Time) Place {
	return Place{Name: p.name, ServedBy: maps.Clone(p.servedBy), LongestGap: p.gapUntil(end)}
}
