package meter

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"pangea/crdt"
	"pangea/region/topology"
)

// patience is how long a write may take to become visible elsewhere. It is whole
// seconds: Prefer knows no others.
const patience = 20 * time.Second

// witness writes to one region and reads what it wrote from each other one.
type witness struct {
	topo   *topology.Topology
	origin topology.Region
	key    string // what those of its counters start with
	http   *http.Client
	trips  *trips
	count  atomic.Uint64
}

func newWitness(topo *topology.Topology, origin topology.Region, t *trips) *witness {
	return &witness{
		topo: topo, origin: origin, trips: t,
		key:  fmt.Sprintf("meter-%s-%x-", origin.Name, time.Now().UnixMilli()),
		http: &http.Client{Timeout: patience + time.Second, Transport: &http.Transport{MaxIdleConnsPerHost: 1000}},
	}
}

// keys bounds how many counters a witness leaves behind.
const keys = 1000

// look is one probe: it takes until all regions show the write. One that is not even
// acknowledged says nothing about links.
func (w *witness) look(ctx context.Context) {
	path := "/counter/" + w.key + strconv.FormatUint(w.count.Add(1)%keys, 10)
	position, err := w.write(ctx, path)
	if err != nil {
		return
	}
	acked := time.Now()
	var reading sync.WaitGroup
	for _, region := range w.topo.Peers(w.origin.Name) {
		reading.Go(func() {
			err := w.read(ctx, region, path, position)
			if ctx.Err() == nil {
				w.trips.add(way{w.origin.Name, region}, trip{at: acked, took: time.Since(acked), lost: err != nil})
			}
		})
	}
	reading.Wait()
}

// write returns the position of the write in the log of its region.
func (w *witness) write(ctx context.Context, path string) (position string, err error) {
	header, err := w.ask(ctx, http.MethodPost, "http://"+w.origin.HTTP+path+"/incr", "")
	if err != nil {
		return "", err
	}
	vector, err := crdt.ParseVector(header.Get("X-Version-Vector"))
	if err != nil {
		return "", err
	}
	own := crdt.Vector{}
	for o, seq := range vector {
		if o.Region == w.origin.Name {
			own[o] = seq
		}
	}
	return own.String(), nil
}

// read returns once the region shows the position.
func (w *witness) read(ctx context.Context, region, path, position string) error {
	r, err := w.topo.Region(region)
	if err != nil {
		return err
	}
	_, err = w.ask(ctx, http.MethodGet, "http://"+r.HTTP+path, position)
	return err
}

func (w *witness) ask(ctx context.Context, method, url, position string) (http.Header, error) {
	req, err := http.NewRequestWithContext(ctx, method, url, nil)
	if err != nil {
		return nil, err
	}
	if position != "" {
		req.Header.Set("X-Min-Version-Vector", position)
		req.Header.Set("Prefer", fmt.Sprintf("wait=%d", int(patience.Seconds())))
	}
	resp, err := w.http.Do(req)
	if err != nil {
		return nil, err
	}
	_, err = io.Copy(io.Discard, resp.Body)
	if resp.StatusCode != http.StatusOK {
		err = errors.Join(err, fmt.Errorf("%s %s answered %s", method, url, resp.Status))
	}
	return resp.Header, errors.Join(err, resp.Body.Close())
}

func (w *witness) close() { w.http.CloseIdleConnections() }
