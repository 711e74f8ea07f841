package console

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"sync"
	"time"

	"pangea/crdt"
	"pangea/region"
	"pangea/region/topology"
)

// source is one region and its router, at their own addresses.
type source struct {
	region  topology.Region
	client  *http.Client
	timeout time.Duration
	window  time.Duration

	samples  samples
	lost     float64 // of the sample for which conflicts were last asked; -1 before the first
	conflict int64   // id of the newest one seen
}

// answer is what a region and its router said this time.
type answer struct {
	status    region.Status
	err       error // why the region said nothing
	vector    crdt.Vector
	conflicts []Conflict
	router    Router
}

// maxConflicts is how many of the newest are shown. More may be lost in a second.
const maxConflicts = 20

// ask asks for everything but the digest.
func (s *source) ask(ctx context.Context) answer {
	ctx, cancel := context.WithTimeout(ctx, s.timeout)
	defer cancel()
	a := answer{router: Router{Region: s.region.Name}}
	var statusErr, metricsErr error
	var asking sync.WaitGroup
	asking.Go(func() { statusErr = s.get(ctx, s.region.HTTP, "/status", &a.status) })
	asking.Go(func() { metricsErr = s.scrape(ctx) })
	asking.Go(func() {
		if err := s.get(ctx, s.region.Router, "/router/status", &a.router); err != nil {
			a.router.Error = reason(err)
		}
	})
	asking.Wait()
	var vectorErr, conflictsErr error
	if a.err = errors.Join(statusErr, metricsErr); a.err == nil {
		a.vector, vectorErr = crdt.ParseVector(a.status.Vector)
		a.conflicts, conflictsErr = s.newConflicts(ctx)
		a.err = errors.Join(vectorErr, conflictsErr)
	}
	return a
}

func (s *source) scrape(ctx context.Context) error {
	body, err := s.open(ctx, s.region.HTTP, "/metrics")
	if err != nil {
		return err
	}
	defer body.Close()
	now, err := readSample(time.Now(), body)
	if err != nil {
		return err
	}
	s.samples.add(now, s.window)
	return nil
}

// newConflicts asks only if the region counts more of them than the last time.
func (s *source) newConflicts(ctx context.Context) ([]Conflict, error) {
	lost := s.samples[len(s.samples)-1].lost
	if lost == s.lost {
		return nil, nil
	}
	var page struct{ Conflicts []Conflict }
	if err := s.get(ctx, s.region.HTTP, fmt.Sprintf("/conflicts?limit=%d", maxConflicts), &page); err != nil {
		return nil, err
	}
	if lost < s.lost {
		s.conflict = 0 // another process, perhaps with another database
	}
	s.lost = lost
	found := slices.DeleteFunc(page.Conflicts, func(c Conflict) bool { return c.ID <= s.conflict })
	for i := range found {
		found[i].Region = s.region.Name
		s.conflict = max(s.conflict, found[i].ID)
	}
	return found, nil
}

// digest is nil if the region does not give it in time. Equal vectors are written alike.
func (s *source) digest(ctx context.Context) *region.Digest {
	var d region.Digest
	if s.get(ctx, s.region.HTTP, "/digest", &d) != nil {
		return nil
	}
	vector, err := crdt.ParseVector(d.Vector)
	if err != nil {
		return nil
	}
	d.Vector = vector.Canonical()
	return &d
}

func (s *source) get(ctx context.Context, address, path string, into any) error {
	body, err := s.open(ctx, address, path)
	if err != nil {
		return err
	}
	defer body.Close()
	if err := json.NewDecoder(body).Decode(into); err != nil {
		return fmt.Errorf("read %s: %w", path, err)
	}
	return nil
}

func (s *source) open(ctx context.Context, address, path string) (io.ReadCloser, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+address+path, nil)
	if err != nil {
		return nil, err
	}
	resp, err := s.client.Do(req)
	if err != nil {
		return nil, err
	}
	if resp.StatusCode != http.StatusOK {
		resp.Body.Close()
		return nil, fmt.Errorf("%s answered %s", path, resp.Status)
	}
	return resp.Body, nil
}

// reason is an error in the few words that fit a table.
func reason(err error) string {
	if errors.Is(err, context.DeadlineExceeded) {
		return "no answer in time"
	}
	if transport := (*url.Error)(nil); errors.As(err, &transport) {
		err = transport.Err
	}
	for inner := errors.Unwrap(err); inner != nil; inner = errors.Unwrap(inner) {
		err = inner
	}
	return err.Error()
}
