package causal

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"time"

	"pangea/crdt"
	"pangea/gen/client"
	"pangea/region/topology"
)

const (
	timeout = 10 * time.Second
	// look is the time between two reads of what is waited for, and within the bound of
	// that.
	look, within = 20 * time.Millisecond, 30 * time.Second
)

// places are the three regions, each asked itself.
type places struct{ first, second, third *client.Client }

func newPlaces(t *topology.Topology) (*places, error) {
	p := &places{}
	for name, to := range map[string]**client.Client{first: &p.first, second: &p.second, third: &p.third} {
		r, err := t.Region(name)
		if err != nil {
			return nil, err
		}
		if *to, err = client.New("http://"+r.HTTP, timeout); err != nil {
			return nil, err
		}
	}
	return p, nil
}

func (p *places) all() []*client.Client { return []*client.Client{p.first, p.second, p.third} }

func (p *places) close() {
	for _, c := range p.all() {
		c.Close()
	}
}

// put reports whether a write was acknowledged.
func put(at *client.Client, r client.Request) bool {
	answer, err := at.Do(r, nil)
	return err == nil && answer.Status == http.StatusOK
}

// tell is put for who wants to know the vector of the answer: the write is in it.
func tell(at *client.Client, r client.Request) (v crdt.Vector, ok bool) {
	var (
		body    bytes.Buffer
		written struct {
			Vector string `json:"version_vector"`
		}
	)
	answer, err := at.Do(r, &body)
	if err != nil || answer.Status != http.StatusOK || json.Unmarshal(body.Bytes(), &written) != nil {
		return nil, false
	}
	v, err = crdt.ParseVector(written.Vector)
	return v, err == nil
}

// shows reports whether a region shows an item now.
func shows(at *client.Client, i item) (bool, error) {
	var body bytes.Buffer
	answer, err := at.Do(client.Request{Method: http.MethodGet, Path: i.path()}, &body)
	if err != nil {
		return false, err
	}
	return i.shown(answer.Status, body.Bytes())
}

// await reads until a region shows an item. It returns false if a read fails, or none does
// in time.
func await(ctx context.Context, at *client.Client, i item) bool {
	ctx, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	tick := time.NewTicker(look)
	defer tick.Stop()
	for {
		if there, err := shows(at, i); there || err != nil {
			return there
		}
		select {
		case <-ctx.Done():
			return false
		case <-tick.C:
		}
	}
}
