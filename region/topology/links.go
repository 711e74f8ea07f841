package topology

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
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
	Server         int    // of Target's cluster, from 0; 0 if there is one server
	Listen         string // address of the proxy
	Upstream       string // address behind it
}

// Name is the proxy's name in toxiproxy, such as us_eu_http. The second server of eu's
// cluster is behind us_eu_nats_2.
func (l Link) Name() string {
	name := l.Dialer + "_" + l.Target + "_" + string(l.Protocol)
	if l.Server > 0 {
		name += "_" + strconv.Itoa(l.Server+1)
	}
	return name
}

// AllLinks lists every directed link, ordered by name.
func (t *Topology) AllLinks() []Link {
	var links []Link
	for _, a := range t.Regions {
		for _, b := range t.Regions {
			if a.Name == b.Name {
				continue
			}
			for _, p := range []Protocol{NATS, HTTP} {
				links = append(links, t.links(a, b, p)...)
			}
		}
	}
	slices.SortFunc(links, func(a, b Link) int { return cmp.Compare(a.Name(), b.Name()) })
	return links
}

// links are those from one region to another, one for each server there.
func (t *Topology) links(a, b Region, p Protocol) (links []Link) {
	for i, upstream := range t.servers(b, p) {
		l := Link{Dialer: a.Name, Target: b.Name, Protocol: p, Server: i, Upstream: upstream}
		l.Listen = t.Links.Listeners[l.Name()]
		links = append(links, l)
	}
	return links
}

// servers are the addresses that a region, or its cluster, listens on.
func (t *Topology) servers(r Region, p Protocol) []string {
	if p == HTTP {
		return []string{r.HTTP}
	}
	if c, ok := t.Cluster(r.Name); ok {
		return c.Servers
	}
	return []string{r.NATS}
}

// Address is where dialer reaches target: its own listener, or the link to it; for a
// cluster the URL of all its servers, or of the links to them. Both must be regions of t.
func (t *Topology) Address(dialer, target string, p Protocol) string {
	to, err := t.Region(target)
	if err != nil {
		return ""
	}
	addresses := t.servers(to, p)
	if len(t.Links.Listeners) > 0 && dialer != target {
		for i, l := range t.links(Region{Name: dialer}, to, p) {
			addresses[i] = cmp.Or(l.Listen, addresses[i])
		}
	}
	if c, ok := t.Cluster(target); ok && p == NATS {
		return c.at(addresses)
	}
	return addresses[0]
}

// validateLinks checks that every directed pair of regions has a link for each protocol
// and server, or that there are none at all.
func (t *Topology) validateLinks() error {
	if len(t.Links.Listeners) == 0 {
		return nil
	}
	names := map[string]bool{}
	for _, l := range t.AllLinks() {
		names[l.Name()] = true
	}
	for _, name := range slices.Sorted(maps.Keys(t.Links.Listeners)) {
		if !names[name] {
			return fmt.Errorf("links: %q is not dialer_target_nats or dialer_target_http of two regions", name)
		}
	}
	if got, want := len(t.Links.Listeners), len(names); got != want {
		return fmt.Errorf("links: %d listeners, want %d (every directed pair, http and each server of nats) or none", got, want)
	}
	return nil
}
