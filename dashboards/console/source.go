package console

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"sync"
	"time"
	"unicode/utf8"

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
	err       error // why the region gave no status: it is silent then
	vector    crdt.Vector
	counted   bool // its metrics were read
	conflicts []Conflict
	router    Router
}

// What is shown of lost writes. More may be lost in a second.
const (
	maxConflicts = 8   // of the newest, in a snapshot
	maxValue     = 200 // bytes of a value, which may have 64 KiB
)

// ask asks for everything but the digest. A region that is slow to count, or to list what
// was lost, is not silent: that is left out.
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
	if a.err = statusErr; a.err == nil {
		a.vector, a.err = crdt.ParseVector(a.status.Vector)
	}
	if a.counted = metricsErr == nil; a.counted {
		a.conflicts = s.newConflicts(ctx)
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

// newConflicts asks only if the region counts more or fewer of them than the last time. It
// counts from zero after a restart, and has the same ones then.
func (s *source) newConflicts(ctx context.Context) []Conflict {
	lost := s.samples[len(s.samples)-1].lost
	if lost == s.lost {
		return nil
	}
	var page struct{ Conflicts []region.Conflict } // the newest first
	if s.get(ctx, s.region.HTTP, fmt.Sprintf("/conflicts?limit=%d", maxConflicts), &page) != nil {
		return nil // asked again the next time
	}
	s.lost = lost
	newest := int64(0)
	if len(page.Conflicts) > 0 {
		newest = page.Conflicts[0].ID.Number
	}
	if newest < s.conflict {
		s.conflict = 0 // another database
	}
	var found []Conflict
	for _, c := range page.Conflicts {
		if c.ID.Number > s.conflict {
			found = append(found, Conflict{s.region.Name, c.At, c.Class, c.Key, c.Field, c.Reason, side(c.Lost), side(c.Won)})
		}
	}
	s.conflict = newest
	return found
}

func side(of region.Side) Side {
	value := string(of.Value)
	if len(value) > maxValue {
		end := maxValue
		for !utf8.RuneStart(value[end]) {
			end--
		}
		value = value[:end] + "…"
	}
	return Side{Origin: of.Origin, Value: value}
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
