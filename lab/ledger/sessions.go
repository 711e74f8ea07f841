package ledger

import (
	"fmt"

	"pangea/lab/causal"
	"pangea/lab/ryw"
)

func pinned() figure {
	return sessions(ryw.Pinned, func(c ryw.Count) bool { return c.Missed() == 0 && c.Failed == 0 && c.Reads > 0 })
}

func hopping() figure { return sessions(ryw.Hopping, func(c ryw.Count) bool { return c.Missed() > 0 }) }

func vector() figure {
	return sessions(ryw.Vector, func(c ryw.Count) bool { return c.Missed() == 0 && c.Failed == 0 && c.Reads > 0 })
}

func sessions(mode ryw.Mode, sound func(ryw.Count) bool) figure {
	return from("ryw", func(f ryw.Finding) found {
		for _, c := range f.Counts {
			if c.Mode == mode {
				return found{fmt.Sprintf("%d of %d reads miss it, %d told to wait, %d failed", c.Missed(), c.Reads, c.Refused, c.Failed), sound(c)}
			}
		}
		return found{}
	})
}

// inOrder is how often an effect was shown without its cause, with the causal wait or
// without.
func inOrder(wait bool) figure {
	return from("causal", func(all []*causal.Finding) found {
		for _, f := range all {
			if f.Wait == wait {
				return found{fmt.Sprintf("%d of %d", f.Inverted, f.Complete), f.Complete > 0 && (f.Inverted == 0) == wait}
			}
		}
		return found{}
	})
}

// staysRemoved is how many removed tags came back.
func staysRemoved() figure {
	return from("causal", func(all []*causal.Finding) found {
		back, removed, early := 0, 0, 0
		for _, f := range all {
			back, removed, early = back+f.Resurrected, removed+f.Removed, early+f.Early
		}
		return found{fmt.Sprintf("%d of %d came back, %d were heard of before their add", back, removed, early), back == 0 && early > 0}
	})
}
