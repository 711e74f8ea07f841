package failback

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"sync"
	"time"

	"pangea/gen/client"
	"pangea/gen/workload"
)

// Reads are those of a region while it comes back.
type Reads struct {
	First  time.Duration `json:"first_ns"` // from the start until the first that it answered
	Before Answers       `json:"before"`   // while it lacked some of what there was when it was started
	After  Answers       `json:"after"`
}

// Answers count reads by what became of them.
type Answers struct {
	Served     int            `json:"served"`               // by the region itself
	Stale      map[string]int `json:"stale"`                // of these, by class
	Refused    int            `json:"refused"`              // by the region itself: it is not ready
	Elsewhere  int            `json:"answered_elsewhere"`   // by another region, to which the router went
	Unanswered int            `json:"unanswered,omitempty"` // nobody was there
}

// sumUp counts reads of a region that lacked something until drained.
func sumUp(all []glance, drained time.Duration) Reads {
	r := Reads{Before: Answers{Stale: map[string]int{}}, After: Answers{Stale: map[string]int{}}}
	for _, g := range all {
		answers := &r.After
		if g.at < drained {
			answers = &r.Before
		}
		if answers.add(g) && (r.First == 0 || g.at < r.First) {
			r.First = g.at
		}
	}
	return r
}

// add counts a read, and reports whether the region itself answered it. Whatever it shows
// that is not all of what was acknowledged is stale.
func (a *Answers) add(g glance) (served bool) {
	switch {
	case g.by == victim && g.refused:
		a.Refused++
	case g.by == victim:
		a.Served++
		if g.flaw != "" {
			a.Stale[g.class.String()]++
		}
		return true
	case g.by != "" && !g.refused:
		a.Elsewhere++
	default:
		a.Unanswered++
	}
	return false
}

// stale is of all classes.
func (a Answers) stale() (sum int) {
	for _, n := range a.Stale {
		sum += n
	}
	return sum
}

func (r Reads) stale() int { return r.Before.stale() + r.After.stale() }

// Proves reports what reads of a region with the readiness guard have to show, or of one
// without: it was asked while it could have been stale, and was not; or it was stale.
func (r Reads) Proves(guard bool) bool {
	if !guard {
		return r.stale() > 0
	}
	return r.stale() == 0 && r.Before.Served+r.Before.Refused > 0 && r.Before.Served+r.After.Served > 0
}

// String is what a claim about them rests on.
func (r Reads) String() string {
	return fmt.Sprintf("%d stale; while it lacked entries it answered %d and refused %d, and answered %d after", r.stale(), r.Before.Served, r.Before.Refused, r.After.Served)
}

// pace is the time between two reads of one client, of which there are perDoor at the
// region's own address, and as many at the router near it.
const (
	pace    = 5 * time.Millisecond
	perDoor = 2
)

// glance is one read.
type glance struct {
	class   workload.Class
	at      time.Duration // after the start: its answer
	by      string        // who answered; empty if nobody did
	refused bool          // with anything but a value, or that there is none
	flaw    Flaw
}

// read begins to read changed subjects at random until ctx ends, and sends what it saw then.
func (m *measurement) read(ctx context.Context, begun time.Time) (<-chan []glance, error) {
	subjects := m.changed()
	if len(subjects) == 0 {
		return nil, errors.New("no change of any subject was acknowledged: there is nothing to read")
	}
	readers, err := m.readers()
	if err != nil {
		return nil, err
	}
	seen := make([][]glance, len(readers))
	var reading sync.WaitGroup
	for i, c := range readers {
		reading.Go(func() {
			defer c.Close()
			seen[i] = look(ctx, c, subjects, rand.New(rand.NewPCG(m.cfg.Seed, uint64(i))), begun)
		})
	}
	all := make(chan []glance, 1)
	go func() {
		reading.Wait()
		all <- slices.Concat(seen...)
	}()
	return all, nil
}

// readers are the clients at both doors.
func (m *measurement) readers() ([]*client.Client, error) {
	r, err := m.world.Topology.Region(victim)
	if err != nil {
		return nil, err
	}
	var all []*client.Client
	for i := range 2 * perDoor {
		c, err := client.New("http://"+[]string{r.HTTP, r.Router}[i%2], timeout)
		if err != nil {
			return nil, err
		}
		all = append(all, c)
	}
	return all, nil
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
		seen = append(seen, s.glance(c, class, begun))
	}
}

// glance reads a class of the subject once.
func (s *subject) glance(c *client.Client, class workload.Class, begun time.Time) glance {
	var body bytes.Buffer
	answer, err := c.Do(client.Request{Method: http.MethodGet, Path: s.path(class)}, &body)
	g := glance{class: class, at: time.Since(begun)}
	if err != nil {
		return g
	}
	g.by, g.refused = answer.ServedBy, answer.Status != http.StatusOK && answer.Status != http.StatusNotFound
	if g.refused {
		return g
	}
	if g.flaw, err = s.flaw(class, answer.Status, body.Bytes()); err != nil {
		g.flaw = Strange
	}
	return g
}
