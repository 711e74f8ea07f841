package check

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"pangea/gen"
	"pangea/gen/client"
	"pangea/gen/tally"
)

// Config says what to compare with what.
type Config struct {
	Tally   *tally.Tally
	Regions []gen.Endpoint // asked directly, not through a router

	// Wait is how long a counter may stay wrong before it is reported. The zero
	// value gives it one look.
	Wait time.Duration

	// Concurrency is how many counters are read at once. Defaults to 16.
	Concurrency int

	// Progress is told how many of the counters of a pass were read. Defaults to
	// nothing.
	Progress func(done, of int)
}

// pause lies between two looks at a counter that is wrong.
const pause = 500 * time.Millisecond

// Check is one comparison.
type Check struct {
	cfg     Config
	clients []*client.Client // one per region
}

// New validates the configuration; it reads nothing.
func New(cfg Config) (*Check, error) {
	cfg.Concurrency = cmp.Or(cfg.Concurrency, 16)
	if cfg.Progress == nil {
		cfg.Progress = func(int, int) {}
	}
	switch {
	case cfg.Tally == nil || len(cfg.Tally.Counters) == 0:
		return nil, errors.New("there is nothing to check: no run wrote a counter")
	case len(cfg.Regions) == 0:
		return nil, errors.New("there is no region to read from")
	case cfg.Concurrency < 0:
		return nil, fmt.Errorf("concurrency: %d: want at least 1", cfg.Concurrency)
	}
	c := &Check{cfg: cfg}
	for _, r := range cfg.Regions {
		client, err := client.New(r.URL, 10*time.Second)
		if err != nil {
			return nil, err
		}
		c.clients = append(c.clients, client)
	}
	return c, nil
}

// Run reads every counter from every region. Its error means that it was
// cancelled; what it found wrong is in the report.
func (c *Check) Run(ctx context.Context) (*Report, error) {
	defer func() {
		for _, client := range c.clients {
			client.Close()
		}
	}()
	start := time.Now()
	report := &Report{Tally: c.cfg.Tally, Regions: len(c.cfg.Regions), Checked: len(c.cfg.Tally.Counters)}
	pending := slices.Sorted(maps.Keys(c.cfg.Tally.Counters))
	for {
		found, err := c.pass(ctx, pending)
		if err != nil {
			return nil, err
		}
		report.note(found)
		pending = report.wrong()
		if len(pending) == 0 || time.Since(start) >= c.cfg.Wait {
			report.Took = time.Since(start)
			return report, nil
		}
		select {
		case <-ctx.Done():
		case <-time.After(pause):
		}
	}
}

// pass reads the keys, each from all regions.
func (c *Check) pass(ctx context.Context, keys []string) ([]Counter, error) {
	counters := make([]Counter, len(keys))
	var done atomic.Int64
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(c.cfg.Concurrency)
	for i, key := range keys {
		group.Go(func() error {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			counters[i] = c.read(key)
			c.cfg.Progress(int(done.Add(1)), len(keys))
			return nil
		})
	}
	return counters, group.Wait()
}

func (c *Check) read(key string) Counter {
	counter := Counter{Key: key}
	counter.Low, counter.High = c.cfg.Tally.Counters[key].Interval()
	for i, client := range c.clients {
		v := Value{Region: c.cfg.Regions[i].Name}
		v.Value, v.Err = value(client, key)
		counter.Values = append(counter.Values, v)
	}
	return counter
}

func value(c *client.Client, key string) (int64, error) {
	var body bytes.Buffer
	answer, err := c.Do(client.Request{Method: http.MethodGet, Path: "/counter/" + url.PathEscape(key)}, &body)
	if err != nil {
		return 0, err
	}
	if answer.Status != http.StatusOK {
		return 0, fmt.Errorf("answered %d: %s", answer.Status, bytes.TrimSpace(body.Bytes()))
	}
	var counter struct {
		Value *int64 `json:"value"`
	}
	if err := json.Unmarshal(body.Bytes(), &counter); err != nil {
		return 0, fmt.Errorf("decode answer: %w", err)
	}
	if counter.Value == nil {
		return 0, fmt.Errorf("no value in the answer: %s", bytes.TrimSpace(body.Bytes()))
	}
	return *counter.Value, nil
}
