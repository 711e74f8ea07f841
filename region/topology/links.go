package topology

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Protocol is what a link carries.
type Protocol string

const (
	NATS Protocol = "nats" // a log and position reports, from target to dialer
	HTTP Protocol = "http" // requests from dialer to target
)

// Links is the wide-area network: toxiproxy's API and its listeners, by link name.
// With no listeners, regions talk to each other directly.
type Links struct {
	API       string            `yaml:"api"`
	Listeners map[string]string `yaml:"listeners"`
}

// Link is one directed link: Dialer connects to Listen and reaches Target there.
type Link struct {
	Dialer, Target string
	Protocol       Protocol
	Listen         string // address of the proxy
	Upstream       string // address behind it
}

// Name is the proxy's name in toxiproxy, such as us_eu_http.
func (l Link) Name() string { return l.Dialer + "_" + l.Target + "_" + string(l.Protocol) }

// AllLinks lists every directed link, ordered by name.
func (t *Topology) AllLinks() []Link {
	var links []Link
	for _, a := range t.Regions {
		for _, b := range t.Regions {
			if a.Name == b.Name {
				continue
			}
			for _, p := range []Protocol{NATS, HTTP} {
				l := Link{Dialer: a.Name, Target: b.Name, Protocol: p, Upstream: b.address(p)}
				l.Listen = t.Links.Listeners[l.Name()]
				links = append(links, l)
			}
		}
	}
	slices.SortFunc(links, func(a, b Link) int { return cmp.Compare(a.Name(), b.Name()) })
	return links
}

// Address is where dialer reaches target: its own listener, or the link to it.
// Both must be regions of t.
func (t *Topology) Address(dialer, target string, p Protocol) string {
	name := Link{Dialer: dialer, Target: target, Protocol: p}.Name()
	if listen, ok := t.Links.Listeners[name]; ok && dialer != target {
		return listen
	}
	r, err := t.Region(target)
	if err != nil {
		return ""
	}
	return r.address(p)
}

func (r Region) address(p Protocol) string {
	if p == NATS {
		return r.NATS
	}
	return r.HTTP
}

func (l Links) validate(regions map[string]bool) error {
	for name := range l.Listeners {
		part := strings.Split(name, "_")
		ok := len(part) == 3 && regions[part[0]] && regions[part[1]] && part[0] != part[1] &&
			(part[2] == string(NATS) || part[2] == string(HTTP))
		if !ok {
			return fmt.Errorf("links: %q is not dialer_target_nats or dialer_target_http of two regions", name)
		}
	}
	if want := 2 * len(regions) * (len(regions) - 1); len(l.Listeners) != 0 && len(l.Listeners) != want {
		return fmt.Errorf("links: %d listeners, want %d (every directed pair, nats and http) or none", len(l.Listeners), want)
	}
	return nil
}
