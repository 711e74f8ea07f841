package chaos

import (
	"strings"

	"pangea/region/topology"
)

// pair is two regions, or, one-way, the data of a on its way to b.
type pair struct {
	a, b   string
	oneWay bool
}

// parsePair reads "us eu" (two words) or "us>eu" (one). A backslash that was
// meant for the shell is ignored.
func parsePair(topo *topology.Topology, words []string) (pair, error) {
	p := pair{}
	switch len(words) {
	case 1:
		p.a, p.b, p.oneWay = strings.Cut(strings.ReplaceAll(words[0], `\`, ""), ">")
		if !p.oneWay {
			return pair{}, misuse("%q is no pair of regions: write two of %s, or one way as 'us>eu'", words[0], names(topo))
		}
	case 2:
		p.a, p.b = words[0], words[1]
	default:
		return pair{}, misuse("name one pair of regions: two of %s, or one way as 'us>eu'", names(topo))
	}
	for _, name := range []string{p.a, p.b} {
		if _, err := topo.Region(name); err != nil {
			return pair{}, misuse("unknown region %q: the regions are %s", name, names(topo))
		}
	}
	if p.a == p.b {
		return pair{}, misuse("%s has no link to itself: name two of %s", p.a, names(topo))
	}
	return p, nil
}

func (p pair) String() string {
	if p.oneWay {
		return p.a + ">" + p.b
	}
	return p.a + " " + p.b
}

func names(topo *topology.Topology) string { return strings.Join(topo.Names(), ", ") }
