package position

import (
	"math"
	"time"
)

const (
	// memory is how fast a speed forgets: nearly all of it is of the last 10 s.
	memory = 5 * time.Second
	// enough is the weight of a second, about: a speed of less is not told.
	enough = 0.9
	// standstill is how long a log is not moved before its speed says nothing of how
	// fast it will move again.
	standstill = 2 * time.Second
	// unknown is a time that cannot be told: -1 in seconds, which is how it is shown.
	unknown = -time.Second
	// horizon bounds what is told: to say more than a day would be a guess.
	horizon = 24 * time.Hour
)

// speed is how fast a count rises, by the monotonic clock: an average of all
// intervals, in which an interval of a time ago counts e^(-ago/memory).
type speed struct {
	count uint64
	at    time.Time // when count was last looked at; zero before the first
	risen float64   // weighted
	span  float64   // weighted, in seconds
}

// observe notes the count as of now. The first is where counting begins.
func (s *speed) observe(count uint64, now time.Time) {
	if s.at.IsZero() || count < s.count {
		*s = speed{count: count, at: now}
		return
	}
	elapsed, keep, weight := now.Sub(s.at).Seconds(), 1.0, 1.0
	if elapsed > 0 {
		keep = math.Exp(-elapsed / memory.Seconds())
		weight = memory.Seconds() * (1 - keep) / elapsed // the interval's mean
	}
	s.risen = s.risen*keep + float64(count-s.count)*weight
	s.span = s.span*keep + elapsed*weight
	s.count, s.at = count, now
}

// perSecond is the speed up to now; 0 before there is enough to tell it from.
func (s speed) perSecond(now time.Time) float64 {
	s.observe(s.count, now)
	if s.span < enough {
		return 0
	}
	return s.risen / s.span
}

// flow is how one log moves: its head, and what of it is applied here, in events.
type flow struct {
	head, applied speed
	behind        time.Time // since when entries are known to be missing here; zero if none is
}

func (f *flow) observe(head, applied uint64, now time.Time) {
	if head > f.head.count || f.head.at.IsZero() { // it grew evenly since it was last reported
		f.head.observe(head, now)
	}
	switch {
	case applied == f.applied.count && !f.applied.at.IsZero(): // no news; at stays when it last moved
	case now.Sub(f.applied.at) > standstill:
		f.applied = speed{count: applied, at: now}
	default:
		f.applied.observe(applied, now)
	}
}

// applying is the events applied a second; 0 while the log stands still.
func (f *flow) applying(now time.Time) float64 {
	if now.Sub(f.applied.at) > standstill {
		return 0
	}
	return f.applied.perSecond(now)
}

// left is how long it takes until the events that are missing are applied and none
// has come in their place; unknown if it does not look like it. Two seconds' worth, as
// a peer may write from one report to the next, is under way and need not become less.
func (f *flow) left(missing uint64, now time.Time) time.Duration {
	applying := f.applying(now)
	if float64(missing) > 2*applying {
		applying -= f.head.perSecond(now)
	}
	return lasting(missing, applying)
}

// lasting is how long n events take at a speed.
func lasting(n uint64, perSecond float64) time.Duration {
	switch seconds := float64(n) / perSecond; {
	case n == 0:
		return 0
	case perSecond <= 0 || seconds > horizon.Seconds():
		return unknown
	default:
		return time.Duration(seconds * float64(time.Second))
	}
}
