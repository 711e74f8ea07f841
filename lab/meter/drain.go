package meter

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"pangea/crdt"
	"pangea/gen/client"
	"pangea/region"
	"pangea/region/topology"
)

// drainPoll is how exact Drain is.
const drainPoll = 10 * time.Millisecond

// Drain waits until every region has applied all that any had when it was called, and
// returns how long that took. Its error is that of ctx, and says who lacks what.
func Drain(ctx context.Context, world *topology.Topology) (time.Duration, error) {
	var d drain
	for _, r := range world.Regions {
		c, err := client.New("http://"+r.HTTP, askWithin)
		if err != nil {
			return 0, err
		}
		defer c.Close()
		d.regions = append(d.regions, drained{r.Name, c})
	}
	start := time.Now()
	tick := time.NewTicker(drainPoll)
	defer tick.Stop()
	for {
		reason := d.behind()
		if reason == nil {
			return time.Since(start), nil
		}
		select {
		case <-ctx.Done():
			return time.Since(start), fmt.Errorf("not drained after %v: %w: %w",
				time.Since(start).Round(time.Second), reason, ctx.Err())
		case <-tick.C:
		}
	}
}

type drain struct {
	regions []drained
	heads   crdt.Vector // at the first look at all of them
}

type drained struct {
	name   string
	client *client.Client
}

// behind says who lacks something, or that somebody cannot be asked.
func (d *drain) behind() error {
	heads, vectors := crdt.Vector{}, map[string]crdt.Vector{}
	for _, r := range d.regions {
		vector, err := Applied(r.client)
		if err != nil {
			return fmt.Errorf("ask %s: %w", r.name, err)
		}
		vectors[r.name] = vector
		heads.Join(vector)
	}
	if d.heads == nil {
		d.heads = heads
	}
	for _, r := range d.regions {
		if !vectors[r.name].Covers(d.heads) {
			return fmt.Errorf("%s has %s of %s", r.name, vectors[r.name], d.heads)
		}
	}
	return nil
}

// Applied is what a region shows.
func Applied(c *client.Client) (crdt.Vector, error) {
	s, err := status(c)
	if err != nil {
		return nil, err
	}
	return crdt.ParseVector(s.Vector)
}

// Stored is what a region has, whether it shows it or not.
func Stored(c *client.Client) (crdt.Vector, error) {
	s, err := status(c)
	if err != nil {
		return nil, err
	}
	return crdt.ParseVector(s.Stored)
}

// Own is the part of a vector that is of the logs that a region itself writes.
func Own(v crdt.Vector, region string) crdt.Vector {
	logs := crdt.Vector{}
	for log, seq := range v {
		if log.Region == region {
			logs[log] = seq
		}
	}
	return logs
}

func status(c *client.Client) (*region.Status, error) {
	var body bytes.Buffer
	answer, err := c.Do(client.Request{Method: http.MethodGet, Path: "/status"}, &body)
	if err != nil {
		return nil, err
	}
	if answer.Status != http.StatusOK {
		return nil, fmt.Errorf("/status answered %d", answer.Status)
	}
	var s region.Status
	if err := json.Unmarshal(body.Bytes(), &s); err != nil {
		return nil, fmt.Errorf("decode /status: %w", err)
	}
	return &s, nil
}
