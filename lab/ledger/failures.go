package ledger

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"pangea/gen/workload"
	"pangea/lab/failover"
	"pangea/lab/loss"
)

// rpo is what was acknowledged by a region that a fault then hit, and is gone.
func rpo(fault loss.Fault, kinds ...loss.Kind) figure {
	const lag = time.Second // that links have at most, half of the time
	return from("loss", func(all []*loss.Finding) found {
		f := suffered(fault, all)
		if f == nil {
			return found{}
		}
		sum := f.Of(kinds...)
		if sum.Given == 0 {
			return found{}
		}
		return found{fmt.Sprintf("%s, in %d rounds with %d writes unanswered", sum, len(f.Rounds), f.Unanswered()), sum.Span <= lag}
	})
}

// rpoWithPeer is what is gone of what a peer had too.
func rpoWithPeer(class workload.Class) figure {
	return from("loss", func(all []*loss.Finding) found {
		var texts []string
		none := true
		for _, fault := range []loss.Fault{loss.Killed, loss.Destroyed} {
			f := suffered(fault, all)
			if f == nil {
				return found{}
			}
			sum := f.Of(loss.Kind{Class: class, Ack: loss.Peer})
			texts = append(texts, fmt.Sprintf("%s: %s", fault, sum))
			none = none && sum.Given > 0 && sum.Lost == 0
		}
		return found{strings.Join(texts, "; "), none}
	})
}

func suffered(fault loss.Fault, all []*loss.Finding) *loss.Finding {
	for _, f := range all {
		if f.Fault == fault {
			return f
		}
	}
	return nil
}

// alone are the writes that wait for no peer.
func alone() (kinds []loss.Kind) {
	for _, class := range workload.Classes() {
		if class != workload.Handle {
			kinds = append(kinds, loss.Kind{Class: class, Ack: loss.Local})
		}
	}
	return kinds
}

// rto is how long clients near a killed region were without an answer.
func rto() figure {
	const allowed = 10 * time.Second
	return kills(func(f *failover.Finding) (string, bool) {
		var gaps []time.Duration
		for _, r := range f.Rounds {
			gaps = append(gaps, r.Gap)
		}
		slices.Sort(gaps)
		if len(gaps) == 0 {
			return "no kills", false
		}
		most := gaps[len(gaps)-1]
		return fmt.Sprintf("p50 %.2f s, at most %.2f s, in %d kills", gaps[len(gaps)/2].Seconds(), most.Seconds(), len(gaps)), most < allowed
	})
}

// recounted compares counters with what clients were told, after kills.
func recounted() figure {
	return kills(func(f *failover.Finding) (string, bool) {
		c := f.Counters()
		return fmt.Sprintf("%d counters wrong after %d writes, %d of them unanswered", c.Violated, c.Checked, c.Unanswered),
			c.Violated == 0 && c.Checked > c.Unanswered
	})
}

// kills is a figure of each policy of the routers.
func kills(read func(*failover.Finding) (text string, held bool)) figure {
	return from("failover", func(all []*failover.Finding) found {
		var parts []found
		for _, f := range all {
			text, held := read(f)
			parts = append(parts, found{f.Policy + " routers: " + text, held})
		}
		return every(parts)
	})
}
