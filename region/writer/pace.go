package writer

import "time"

// next is when a cycle that took from start to end may be followed by another of its
// kind: after its pace, and not before it has left the processor alone for as long as
// it took. On a busy machine cycles thus become fewer and larger.
func next(start, end time.Time, pace time.Duration) time.Time {
	return start.Add(max(pace, 2*end.Sub(start)))
}

// nextRun is the same for runs of remote entries, which are less urgent: they leave the
// processor alone for up to twice as long as they took. A full one would not be larger for
// having waited: in a catch-up merges have all the time while no local write waits at
// the end of a run, and two thirds of it while one does. With as much the lag grows
// under more load than the region can bear; with two thirds, which is what the writes of
// two peers cost beside its own, the clients wait.
func nextRun(start, end time.Time, pace time.Duration, full, wanted bool) time.Time {
	switch {
	case !full:
		took := end.Sub(start)
		return start.Add(max(pace, min(3*took, 2*took+pace)))
	case wanted:
		return end.Add(end.Sub(start) / 2)
	default:
		return end
	}
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
