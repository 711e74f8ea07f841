package split

import (
	"fmt"
	"time"

	"pangea/crdt"
	"pangea/gen/client"
	"pangea/lab/meter"
	"pangea/region/topology"
)

// behind is how many entries of the other's log each side lacks, and how long ago, at the
// pace of that log since the cut began, the oldest of them was committed. The stack was
// fresh then.
func behind(t *topology.Topology, cut time.Duration) (entries map[string]uint64, late [2]time.Duration, err error) {
	vectors := map[string]crdt.Vector{}
	for _, name := range []string{a, b} {
		if vectors[name], err = vector(t, name); err != nil {
			return nil, late, err
		}
	}
	entries = map[string]uint64{}
	for i, pair := range [][2]string{{a, b}, {b, a}} {
		who, whose := pair[0], pair[1]
		log := crdt.Origin{Region: whose, Epoch: 1}
		head := vectors[whose][log]
		missing := head - min(vectors[who][log], head)
		entries[who+" of "+whose] = missing
		late[i] = time.Duration(float64(cut) * float64(missing) / float64(max(head, 1)))
	}
	return entries, late, nil
}

// vector is what a region shows.
func vector(t *topology.Topology, name string) (crdt.Vector, error) {
	r, err := t.Region(name)
	if err != nil {
		return nil, err
	}
	c, err := client.New("http://"+r.HTTP, 5*time.Second)
	if err != nil {
		return nil, err
	}
	defer c.Close()
	v, err := meter.Applied(c)
	if err != nil {
		return nil, fmt.Errorf("ask %s: %w", name, err)
	}
	return v, nil
}
