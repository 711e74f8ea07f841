package ledger

import (
	"fmt"
	"strings"
	"time"

	"pangea/gen/conflict"
	"pangea/gen/workload"
	"pangea/lab/convergence"
	"pangea/lab/lww"
	"pangea/lab/split"
)

// atOnce is what became of pairs that were written in two regions at once.
func atOnce(class workload.Class) figure {
	return from("crdt", func(f convergence.Finding) found {
		n := of(class, f.Reports)
		if n == nil {
			return found{}
		}
		return found{pairs(n), keeps(n)}
	})
}

// acrossCut is the same of pairs that were written on both sides of a cut.
func acrossCut(class workload.Class) figure {
	return from("partition", func(all []*split.Finding) found {
		var texts []string
		held := true
		for _, f := range all {
			n := of(class, f.Reports)
			if n == nil {
				return found{}
			}
			texts = append(texts, relay(f)+": "+pairs(n))
			held = held && keeps(n)
		}
		return found{strings.Join(texts, "; "), held}
	})
}

func of(class workload.Class, reports []*conflict.Report) *conflict.Report {
	for _, n := range reports {
		if n.Config.Class == class {
			return n
		}
	}
	return nil
}

func pairs(n *conflict.Report) string {
	return fmt.Sprintf("%d of %d, %d writes without an answer, %d keys differ", n.Lost, n.Acknowledged, n.Unanswered, len(n.Wrong))
}

// keeps reports whether the class kept what it promises: profiles show that these were
// conflicts, by losing.
func keeps(n *conflict.Report) bool {
	return n.Err() == nil && (n.Config.Class != workload.Profile || n.Lost > 0)
}

func identical() figure {
	return from("crdt", func(f convergence.Finding) found {
		differ, all := wrong(f.Reports)
		return found{fmt.Sprintf("%d of %d keys differ between regions, digests %s", differ, all, equal(f.Equal)), differ == 0 && all > 0 && f.Equal == ""}
	})
}

func wrong(reports []*conflict.Report) (differ, all int) {
	for _, n := range reports {
		differ, all = differ+len(n.Wrong), all+n.Pairs
	}
	return differ, all
}

func equal(difference string) string {
	if difference == "" {
		return "equal"
	}
	return "differ: " + difference
}

// olderWon is how often a write lost to one that had been answered before it was sent.
func olderWon() figure {
	return from("lww", func(all []*lww.Finding) found {
		return scenes(all, func(s lww.Scene) bool { return s.Skew != 0 && !s.Seen }, func(n *conflict.Report) bool { return n.OlderWon > 0 })
	})
}

// seenWins is the same of writes by who had seen the one that they lost to.
func seenWins() figure {
	return from("lww", func(all []*lww.Finding) found {
		return scenes(all, func(s lww.Scene) bool { return s.Seen && s.Mode == "hlc" }, func(n *conflict.Report) bool { return n.OlderWon == 0 })
	})
}

// scenes tells how often the older write won in those scenes.
func scenes(all []*lww.Finding, wanted func(lww.Scene) bool, sound func(*conflict.Report) bool) found {
	clocks := map[string]string{"hlc": "hybrid", "wall": "wall"}
	var texts []string
	held := true
	for _, f := range all {
		if wanted(f.Scene) {
			texts = append(texts, fmt.Sprintf("%d of %d with %s clocks", f.Report.OlderWon, f.Report.Ordered, clocks[f.Scene.Mode]))
			held = held && f.Report.Ordered > 0 && sound(f.Report)
		}
	}
	return found{strings.Join(texts, ", "), held}
}

func bothServe() figure {
	return cuts(func(f *split.Finding) (string, bool) {
		pairs, acknowledged := 0, 0
		for _, n := range f.Reports {
			pairs, acknowledged = pairs+n.Pairs, acknowledged+n.Acknowledged
		}
		return fmt.Sprintf("%d of %d pairs in %v", acknowledged, pairs, f.Cut), acknowledged == pairs && pairs > 0
	})
}

func oneValue() figure {
	return cuts(func(f *split.Finding) (string, bool) {
		differ, all := wrong(f.Reports)
		return fmt.Sprintf("%d of %d differ, digests %s", differ, all, equal(f.Equal)), differ == 0 && all > 0 && f.Equal == ""
	})
}

func converged() figure {
	const soon = 3 * time.Second
	return cuts(func(f *split.Finding) (string, bool) {
		return fmt.Sprintf("%.2f s", f.Converged.Seconds()), f.Converged > 0 && f.Converged <= soon
	})
}

// cuts is a figure of each cut, with the relay off and on.
func cuts(read func(*split.Finding) (text string, held bool)) figure {
	return from("partition", func(all []*split.Finding) found {
		var parts []found
		for _, f := range all {
			text, held := read(f)
			parts = append(parts, found{relay(f) + ": " + text, held})
		}
		return every(parts)
	})
}

func relay(f *split.Finding) string {
	if f.Relay {
		return "relay on"
	}
	return "relay off"
}
