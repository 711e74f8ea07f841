package ledger

import (
	"cmp"
	"fmt"

	"pangea/lab/failback"
	"pangea/lab/results"
)

// caughtUp is how long a region took that came back, with the readiness guard and without.
func caughtUp() figure {
	return returns(func(f *failback.Finding) (string, bool) {
		return fmt.Sprintf("%d entries in %.2f s", f.Backlog.Entries, f.Backlog.Drained.Seconds()), f.Backlog.InTime()
	})
}

// flawless is that what is left is what clients were told.
func flawless() figure {
	return returns(func(f *failback.Finding) (string, bool) {
		flaws := 0
		for _, n := range f.Flaws {
			flaws += n
		}
		return fmt.Sprintf("%d flaws in %d subjects, %d of %d counters wrong, %d steps unanswered, digests %s", flaws, f.Changed, f.Wrong, f.Counters, f.Open, equal(f.Equal)),
			flaws == 0 && f.Changed > 0 && f.Wrong == 0 && f.Acks > 0 && f.Equal == ""
	})
}

// returns is a figure of each return, with the readiness guard and without.
func returns(read func(*failback.Finding) (text string, held bool)) figure {
	return from("failback", func(all []*failback.Finding) found {
		var parts []found
		for _, f := range all {
			text, held := read(f)
			parts = append(parts, found{"guard " + results.OnOff(f.Readiness) + ": " + text, held})
		}
		return every(parts)
	})
}

// stale is how many reads a region that came back answered with less than it should.
func stale(readiness bool) figure {
	return from("failback", func(all []*failback.Finding) found {
		for _, f := range all {
			if f.Readiness != readiness {
				continue
			}
			return found{f.Reads.String(), f.Reads.Proves(readiness)}
		}
		return found{}
	})
}

// replayed is whether the logs lead to where the regions are.
func replayed() figure {
	return from("failback", func(all []*failback.Finding) found {
		for _, f := range all {
			if r := f.Replay; r != nil && r.Finding != nil {
				return found{fmt.Sprintf("%d rows and %d entries: %s", r.Rows, r.Entries, cmp.Or(r.Differs, "equal digests")), r.Differs == "" && r.Entries > 0}
			}
		}
		return found{}
	})
}
