package scale

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"pangea/region/topology"
)

// first is the world of its first n regions, among which the handles are shared out
// evenly.
func first(world *topology.Topology, n int) *topology.Topology {
	w := *world
	w.Regions = world.Regions[:n]
	names := w.Names()
	w.RTT = map[string]time.Duration{}
	w.Links.Listeners = map[string]string{}
	for _, l := range w.AllLinks() {
		w.Links.Listeners[l.Name()] = world.Links.Listeners[l.Name()]
	}
	for _, pair := range slices.Collect(maps.Keys(world.RTT)) {
		a, b, _ := strings.Cut(pair, "-")
		if slices.Contains(names, a) && slices.Contains(names, b) {
			w.RTT[pair] = world.RTT[pair]
		}
	}
	w.Handles.Owners = map[string]string{}
	for i, name := range names {
		from, to := i*w.Handles.Shards/n, (i+1)*w.Handles.Shards/n
		w.Handles.Owners[name] = fmt.Sprintf("%d-%d", from, to-1)
	}
	return &w
}
