package conflict

import (
	"bytes"
	"context"
	"encoding/json"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"pangea/gen"
	"pangea/gen/measure"
	"pangea/gen/workload"
)

// Shot is a pair that was fired, and what its two clients know.
type Shot struct {
	Pair    Pair               `json:"pair"`
	Outcome [2]measure.Outcome `json:"outcome"`
	Sent    [2]time.Time       `json:"sent"`
	Done    [2]time.Time       `json:"done"`
}

// Ordered reports whether the writes came one after the other for anyone who watched both
// clients: the first was answered before the second was sent.
func (s *Shot) Ordered() bool { return s.Done[0].Before(s.Sent[1]) }

// Acknowledged reports whether both were.
func (s *Shot) Acknowledged() bool {
	return s.Outcome[0] == measure.OK && s.Outcome[1] == measure.OK
}

// Fire sends the pairs, each when it is due, and returns those that were sent. Cancelling
// ctx ends it early.
func (c *Conflict) Fire(ctx context.Context) []Shot {
	c.before, c.unread = c.booked()
	shots := make([]Shot, c.cfg.Pairs)
	var group errgroup.Group
	group.SetLimit(inFlight)
	var sent int
	var done atomic.Int64
	stop := c.showProgress(ctx, "pairs fired", func() int { return int(done.Load()) })
	gen.Pace(ctx, time.Now(), c.cfg.Rate, uint64(c.cfg.Pairs), func(i uint64, _ time.Time) {
		sent = int(i) + 1
		group.Go(func() error {
			shots[i].Pair = c.At(int(i))
			c.fire(&shots[i])
			done.Add(1)
			return nil
		})
	})
	_ = group.Wait() // no shot returns an error
	stop()
	return shots[:sent]
}

// fire makes both writes of a pair. It is bounded by the clients' timeout.
func (c *Conflict) fire(s *Shot) {
	if c.cfg.Seen {
		c.write(s, 1, c.write(s, 0, ""))
		return
	}
	var second sync.WaitGroup
	second.Go(func() {
		if c.cfg.Gap > 0 {
			<-time.After(c.cfg.Gap)
		}
		c.write(s, 1, "")
	})
	c.write(s, 0, "")
	second.Wait()
}

// write makes one write, once its region shows at least seen. It returns what the region
// shows then.
func (c *Conflict) write(s *Shot, side int, seen string) (vector string) {
	request := s.Pair.request(c.cfg.Class, side)
	request.MinVector = seen
	var body bytes.Buffer
	s.Sent[side] = time.Now()
	answer, err := c.clients[s.Pair.Sides[side].Region].Do(request, &body)
	s.Done[side] = time.Now()
	s.Outcome[side] = measure.OutcomeOf(workload.Put, answer.Status, err)
	var told struct {
		Vector string `json:"version_vector"`
	}
	_ = json.Unmarshal(body.Bytes(), &told) // an answer without one is no success either
	return told.Vector
}
