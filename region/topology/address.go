package topology

import (
	"fmt"
	"maps"
	"net"
	"slices"
	"strings"
)

// validateAddresses checks that every address is host:port and that no two parts
// of the world listen on the same one.
func (t *Topology) validateAddresses() error {
	taken := map[string]string{}
	for _, l := range t.listeners() {
		if host, port, err := net.SplitHostPort(l.address); err != nil || host == "" || port == "" || strings.Contains(port, "@") {
			return fmt.Errorf("%s: address %q is not host:port", l.name, withoutUser(l.address))
		}
		if other, ok := taken[l.address]; ok {
			return fmt.Errorf("%s and %s have the same address, %s", other, l.name, l.address)
		}
		taken[l.address] = l.name
	}
	return nil
}

type listener struct{ name, address string }

// listeners lists everything that listens, by its place in the file.
func (t *Topology) listeners() []listener {
	var all []listener
	for _, r := range t.Regions {
		all = append(
			all,
			listener{r.Name + ".router", r.Router},
			listener{r.Name + ".http", r.HTTP},
		)
		if _, ok := t.Cluster(r.Name); !ok {
			all = append(all, listener{r.Name + ".nats", r.NATS}, listener{r.Name + ".monitor", r.Monitor})
		}
		if !isDSN(r.Postgres) {
			all = append(all, listener{r.Name + ".postgres", r.Postgres})
		}
	}
	if len(t.Links.Listeners) == 0 {
		return all
	}
	all = append(all, listener{"links.api", t.Links.API})
	for _, name := range slices.Sorted(maps.Keys(t.Links.Listeners)) {
		all = append(all, listener{"links." + name, t.Links.Listeners[name]})
	}
	return all
}
