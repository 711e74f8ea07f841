package conflict

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"slices"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"pangea/gen/client"
	"pangea/gen/measure"
)

// Verdict is what became of a pair.
type Verdict struct {
	Shot
	Values   []string `json:"values"`   // by region
	Survived [2]bool  `json:"survived"` // in the first region
	Problem  string   `json:"problem,omitempty"`
}

// Lost reports whether an acknowledged write is gone.
func (v *Verdict) Lost() bool { return v.lost(0) || v.lost(1) }

func (v *Verdict) lost(side int) bool { return v.Outcome[side] == measure.OK && !v.Survived[side] }

// OlderWon reports whether a write is gone that was sent after the other had been answered.
func (v *Verdict) OlderWon() bool { return v.Ordered() && v.lost(1) && v.Survived[0] }

// pause lies between two looks at what the regions do not agree on yet.
const pause = 300 * time.Millisecond

// Judge reads the pairs from every region, and again what is not settled, until Wait is
// over. Its error is of a region that cannot be read, or ctx's.
func (c *Conflict) Judge(ctx context.Context, shots []Shot) (*Report, error) {
	verdicts := make([]Verdict, len(shots))
	pending := make([]int, len(shots))
	for i := range shots {
		pending[i] = i
	}
	for begun := time.Now(); ; {
		if err := c.look(ctx, shots, verdicts, pending); err != nil {
			return nil, err
		}
		pending = slices.DeleteFunc(pending, func(i int) bool { return c.settled(&verdicts[i]) })
		if len(pending) == 0 || time.Since(begun) >= c.cfg.Wait {
			return c.report(verdicts), nil
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(pause):
		}
	}
}

func (c *Conflict) settled(v *Verdict) bool {
	return v.Problem == "" && !(keeps(c.cfg.Class) && v.Lost())
}

// look reads the pending pairs.
func (c *Conflict) look(ctx context.Context, shots []Shot, verdicts []Verdict, pending []int) error {
	var done atomic.Int64
	defer c.showProgress(ctx, "pairs read", func() int { return int(done.Load()) })()
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(readers)
	for _, i := range pending {
		group.Go(func() (err error) {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			verdicts[i], err = c.judge(shots[i])
			done.Add(1)
			return err
		})
	}
	return group.Wait()
}

func (c *Conflict) judge(s Shot) (Verdict, error) {
	v := Verdict{Shot: s}
	for region := range c.clients {
		body, err := c.read(region, s.Pair.path(c.cfg.Class))
		if err != nil {
			return v, err
		}
		found, strange := s.Pair.decode(c.cfg.Class, body)
		v.Values = append(v.Values, found.Text)
		switch {
		case strange != nil:
			v.Problem = fmt.Sprintf("%s: %v", c.cfg.Regions[region].Name, strange)
		case region == 0:
			v.Survived = found.Survived
		case v.Survived != found.Survived || v.Values[0] != found.Text:
			v.Problem = fmt.Sprintf("%s and %s differ", c.cfg.Regions[0].Name, c.cfg.Regions[region].Name)
		}
	}
	if v.Problem == "" && v.Lost() && !v.Survived[0] && !v.Survived[1] {
		v.Problem = "no write is left"
	}
	return v, nil
}

// read returns nil for a key that is absent.
func (c *Conflict) read(region int, path string) ([]byte, error) {
	var body bytes.Buffer
	answer, err := c.clients[region].Do(client.Request{Method: http.MethodGet, Path: path}, &body)
	switch {
	case err != nil:
		return nil, fmt.Errorf("read from %s: %w", c.cfg.Regions[region].Name, err)
	case answer.Status == http.StatusNotFound:
		return nil, nil
	case answer.Status != http.StatusOK:
		return nil, fmt.Errorf("%s answers %d to GET %s: %s", c.cfg.Regions[region].Name, answer.Status, path, bytes.TrimSpace(body.Bytes()))
	}
	return body.Bytes(), nil
}
