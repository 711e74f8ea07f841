package chaos

import (
	"slices"
	"strings"

	"pangea/region/topology"
)

// pair is two regions, or, one-way, the data of a on its way to b.
type pair struct {
	a, b   string
	oneWay bool
}

// parsePair reads "us eu" (two words) or "us>eu" (one). A backslash or a quote that was
// meant for the shell is ignored.
func parsePair(topo *topology.Topology, words []string) (pair, error) {
	p := pair{}
	switch len(words) {
	case 1:
		p.a, p.b, p.oneWay = strings.Cut(strings.NewReplacer(`\`, "", `'`, "", `"`, "").Replace(words[0]), ">")
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

// extent is a part of the network: the links of one pair, or all that one region has.
type extent struct {
	region string // empty if it is one pair
	pairs  []pair
}

// parseExtent also reads "eu": what connects eu with all others.
func parseExtent(topo *topology.Topology, words []string) (extent, error) {
	if len(words) != 1 || !slices.Contains(topo.Names(), words[0]) {
		p, err := parsePair(topo, words)
		return extent{pairs: []pair{p}}, err
	}
	e := extent{region: words[0]}
	for _, peer := range topo.Peers(words[0]) {
		e.pairs = append(e.pairs, pair{a: words[0], b: peer})
	}
	return e, nil
}

func (e extent) String() string {
	if e.region != "" {
		return e.region
	}
	return e.pairs[0].String()
}

// ends names both ends, without a direction: what is healed.
func (e extent) ends() string {
	if e.region != "" {
		return e.region
	}
	return e.pairs[0].a + " " + e.pairs[0].b
}

// sides names both ends in a sentence.
func (e extent) sides() (a, b string) {
	if e.region != "" {
		return e.region, "all others"
	}
	return e.pairs[0].a, e.pairs[0].b
}

// oneWay reports whether it is the data of one side only.
func (e extent) oneWay() bool { return e.pairs[0].oneWay }

// each does one thing to every pair.
func (e extent) each(do func(pair) error) error {
	for _, p := range e.pairs {
		if err := do(p); err != nil {
			return err
		}
	}
	return nil
}

func names(topo *topology.Topology) string { return strings.Join(topo.Names(), ", ") }
