package failback

import (
	"bytes"
	"context"
	"errors"
	"math/rand/v2"
	"net/http"
	"time"

	"pangea/gen/client"
	"pangea/gen/workload"
)

// Reads are those of a region while it comes back.
type Reads struct {
	Served    int            `json:"served"`    // answered by the region itself
	First     time.Duration  `json:"first_ns"`  // from the start until the first of these
	Stale     map[string]int `json:"stale"`     // of these, by class
	Refused   int            `json:"refused"`   // or not answered
	Elsewhere int            `json:"elsewhere"` // answered by another region, to which the router went
}

// stale is of all classes.
func (r Reads) stale() (sum int) {
	for _, n := range r.Stale {
		sum += n
	}
	return sum
}

// glance is one read.
type glance struct {
	class  workload.Class
	at     time.Duration // after the start: its answer
	served string        // by whom; empty if it was refused
	flaw   Flaw
}

// pace is the time between two reads of one client, of which there are perDoor at the
// region's own address, and as many at the router near it.
const (
	pace    = 5 * time.Millisecond
	perDoor = 2
)

// read begins to read changed subjects at random until ctx ends, and sends the sum then.
func (m *measurement) read(ctx context.Context, begun time.Time) (<-chan Reads, error) {
	r, err := m.world.Topology.Region(victim)
	if err != nil {
		return nil, err
	}
	subjects := m.changed()
	if len(subjects) == 0 {
		return nil, errors.New("no change of any subject was acknowledged: there is nothing to read")
	}
	all := make(chan []glance)
	for i := range 2 * perDoor {
		door := []string{r.HTTP, r.Router}[i%2]
		c, err := client.New("http://"+door, timeout)
		if err != nil {
			return nil, err
		}
		go func() {
			defer c.Close()
			all <- look(ctx, c, subjects, rand.New(rand.NewPCG(m.cfg.Seed, uint64(i))), begun)
		}()
	}
	sum := make(chan Reads, 1)
	go func() {
		reads := Reads{Stale: map[string]int{}}
		for range 2 * perDoor {
			for _, g := range <-all {
				reads.add(g)
			}
		}
		sum <- reads
	}()
	return sum, nil
}

// look is one client.
func look(ctx context.Context, c *client.Client, subjects []*subject, draw *rand.Rand, begun time.Time) (seen []glance) {
	tick := time.NewTicker(pace)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return seen
		case <-tick.C:
		}
		s, class := subjects[draw.IntN(len(subjects))], classes()[draw.IntN(len(classes()))]
		g := glance{class: class}
		var body bytes.Buffer
		answer, err := c.Do(client.Request{Method: http.MethodGet, Path: s.path(class)}, &body)
		g.at = time.Since(begun)
		if err == nil && (answer.Status == http.StatusOK || answer.Status == http.StatusNotFound) {
			g.served = answer.ServedBy
			if g.flaw, err = s.flaw(class, answer.Status, body.Bytes()); err != nil {
				g.flaw = Strange
			}
		}
		seen = append(seen, g)
	}
}

// add counts a read. Whatever it shows that is not all of what was acknowledged is stale.
func (r *Reads) add(g glance) {
	switch g.served {
	case "":
		r.Refused++
	case victim:
		r.Served++
		if r.First == 0 || g.at < r.First {
			r.First = g.at
		}
		if g.flaw != "" {
			r.Stale[g.class.String()]++
		}
	default:
		r.Elsewhere++
	}
}
